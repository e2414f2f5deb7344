import { shellWord } from '../shell-word.ts'
import { type Application, type ExposedRole, redirectUrisOf } from './application.ts'

/**
 * The lines for a POSIX shell that make the same registration with Azure CLI. What `az ad app` has no option for is set
 * by `az rest`. Secrets and certificates are none of it.
 */
export function azCommands(application: Application, grantsConsent: boolean): readonly string[] {
  const create = ['az ad app create', ...createOptions(application), '--query appId --output tsv']
  const rest = restPatch(application)
  return [
    `APP_ID=$(${create.join(' \\\n  ')})`,
    ...(rest === undefined
      ? []
      : [
          `az rest --method PATCH --uri "https://graph.microsoft.com/v1.0/applications(appId='$APP_ID')" --headers 'Content-Type=application/json' \\\n  --body ${shellWord(JSON.stringify(rest))}`,
        ]),
    ...identifierUris(application),
    'az ad sp create --id "$APP_ID"',
    ...(grantsConsent ? ['az ad app permission admin-consent --id "$APP_ID"'] : []),
  ]
}

function createOptions(application: Application): string[] {
  const {
    displayName,
    signInAudience,
    web,
    isFallbackPublicClient,
    requiredResourceAccess = [],
    appRoles = [],
  } = application
  const { implicitGrantSettings: implicit, homePageUrl } = web ?? {}
  const json = (value: unknown) => shellWord(JSON.stringify(value))
  return [
    `--display-name ${shellWord(displayName)}`,
    ...(signInAudience ? [`--sign-in-audience ${signInAudience}`] : []),
    ...list('--web-redirect-uris', redirectUrisOf(application, 'web')),
    ...list('--public-client-redirect-uris', redirectUrisOf(application, 'publicClient')),
    ...(homePageUrl ? [`--web-home-page-url ${shellWord(homePageUrl)}`] : []),
    ...(isFallbackPublicClient ? ['--is-fallback-public-client true'] : []),
    ...(implicit?.enableAccessTokenIssuance ? ['--enable-access-token-issuance true'] : []),
    ...(implicit?.enableIdTokenIssuance ? ['--enable-id-token-issuance true'] : []),
    ...(requiredResourceAccess.length > 0 ? [`--required-resource-accesses ${json(requiredResourceAccess)}`] : []),
    ...(appRoles.length > 0 ? [`--app-roles ${json(appRoles.map(withoutOrigin))}`] : []),
    ...(application.optionalClaims ? [`--optional-claims ${json(application.optionalClaims)}`] : []),
  ]
}

/** Members that `az ad app create` has no option for. */
function restPatch(application: Application): Readonly<Record<string, unknown>> | undefined {
  const { web, groupMembershipClaims, api } = application
  const spa = redirectUrisOf(application, 'spa')
  const scopes = api?.oauth2PermissionScopes ?? []
  const version = api?.requestedAccessTokenVersion ?? undefined
  const apiPatch = {
    ...(version !== undefined && { requestedAccessTokenVersion: version }),
    ...(scopes.length > 0 && { oauth2PermissionScopes: scopes }),
  }
  const patch = {
    ...(spa.length > 0 && { spa: { redirectUris: spa } }),
    ...(web?.logoutUrl && { web: { logoutUrl: web.logoutUrl } }),
    ...(groupMembershipClaims && { groupMembershipClaims }),
    ...(Object.keys(apiPatch).length > 0 && { api: apiPatch }),
  }
  return Object.keys(patch).length > 0 ? patch : undefined
}

/** They often hold the client id, which is another one each time: the shell fills it in. */
function identifierUris({ identifierUris = [], appId }: Application): string[] {
  if (identifierUris.length === 0) return []
  const words = identifierUris.map((uri) =>
    uri.includes(appId) ? `"${uri.replaceAll(/["$`\\]/g, '\\$&').replaceAll(appId, '$APP_ID')}"` : shellWord(uri),
  )
  return [`az ad app update --id "$APP_ID" --identifier-uris ${words.join(' ')}`]
}

function list(option: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [`${option} ${values.map(shellWord).join(' ')}`]
}

const withoutOrigin = ({ origin: _origin, ...role }: ExposedRole & { readonly origin?: unknown }) => role
