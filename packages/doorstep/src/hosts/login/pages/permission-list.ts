import { type Html, html } from './html.ts'

/** A permission as a person reads it. */
export interface PermissionInWords {
  /** The consent display name: `Read your profile`. */
  readonly name: string
  readonly description?: string
  /** The value of the claim: `User.Read`. */
  readonly value: string
  /** Display name of the API that defines it. */
  readonly resource: string
  /** `application` when it is used without a signed-in user. */
  readonly kind?: 'delegated' | 'application'
  readonly needsAdministrator?: boolean
}

/** Each permission by its name; what it allows unfolds below. */
export function permissionList(permissions: readonly PermissionInWords[]): Html {
  return html`<ul class="permissions">
${permissions.map(permissionItem)}
</ul>`
}

function permissionItem({ name, description, value, resource, kind, needsAdministrator }: PermissionInWords): Html {
  return html`<li><details><summary><bdi>${name}</bdi>${
    needsAdministrator ? html` <span class="badge">admin</span>` : ''
  }</summary>
${description && html`<p><bdi>${description}</bdi></p>`}
<p class="quiet"><code>${value}</code> of <bdi>${resource}</bdi>${
    kind === 'application' ? ', used by the application itself, without a signed-in user' : ''
  }</p>
</details></li>
`
}
