import type { LintRule } from './lint.ts'
import { credentialRules } from './lint-credentials.ts'
import { identityRules } from './lint-identity.ts'
import { redirectUriRules } from './lint-redirect-uris.ts'

/** Every rule of `app lint`, in the order in which people read findings of one severity. */
export const lintRules: readonly LintRule[] = [...redirectUriRules, ...identityRules, ...credentialRules]
