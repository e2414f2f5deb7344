import { describeChange } from '../registration/plan-registration.ts'
import type { ApplyStep } from './plan-apply.ts'

/** A step for people: `+` makes, `~` changes, and below it, indented, what of it comes (`+`) and goes (`-`). */
export function describeStep(step: ApplyStep): readonly string[] {
  switch (step.kind) {
    case 'addApi':
      return [`+ service principal of the API ${step.displayName} (${step.appId})`]
    case 'createApplication':
      return [
        `+ application ${step.application}`,
        ...step.changes.flatMap(describeChange).filter((line) => line.startsWith('  +')),
        ...step.permissions.map((name) => `  + permission: ${name}`),
      ]
    case 'createServicePrincipal':
      return [`+ service principal of ${step.application}`]
    case 'disablePermissions':
      return [`~ ${step.application}: disable ${step.values.join(', ')} before they are removed`]
    case 'updateApplication':
      return [`~ ${step.application}`, ...step.changes.flatMap(describeChange)]
    case 'listPermissions':
      return [
        `~ ${step.application}`,
        ...step.removed.map((name) => `  - permission: ${name}`),
        ...step.added.map((name) => `  + permission: ${name}`),
      ]
    case 'addCertificates':
      return step.certificates.map(
        ({ displayName, thumbprint }) => `+ certificate of ${step.application}: ${displayName} (${thumbprint})`,
      )
    case 'addSecret':
      return [`+ secret of ${step.application}: ${step.displayName ?? 'without a name'}`]
    case 'addOwner':
      return [`+ owner of ${step.application}: ${step.owner.name}`]
    case 'grantAdminConsent':
      return [`+ consent for ${step.application}: ${step.names.join(', ')}`]
  }
}
