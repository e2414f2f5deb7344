import type { CommandGroup } from '../../command.ts'

export const app: CommandGroup = {
  summary: 'register applications',
  examples: [
    'doorstep app create my-app --secret',
    'doorstep app add-redirect-uri my-app --web https://localhost:3000/callback',
    'doorstep app list --cloud public',
  ],
  commands: {
    create: { summary: 'register an application', load: async () => (await import('./create.ts')).create },
    list: { summary: 'list the applications of the tenant', load: async () => (await import('./list.ts')).list },
    show: { summary: 'show one application', load: async () => (await import('./show.ts')).show },
    update: {
      summary: 'change name, audience, identifier URIs and token settings',
      load: async () => (await import('./update.ts')).update,
    },
    delete: { summary: 'delete an application', load: async () => (await import('./delete.ts')).deleteApplication },
    restore: { summary: 'bring a deleted application back', load: async () => (await import('./restore.ts')).restore },
    'add-redirect-uri': {
      summary: 'register redirect URIs',
      load: async () => (await import('./redirect-uris.ts')).addRedirectUri,
    },
    'remove-redirect-uri': {
      summary: 'take redirect URIs away',
      load: async () => (await import('./redirect-uris.ts')).removeRedirectUri,
    },
    'allow-public-client-flows': {
      summary: 'allow flows without a secret',
      load: async () => (await import('./allow-public-client-flows.ts')).allowPublicClientFlows,
    },
    'add-secret': { summary: 'add a client secret', load: async () => (await import('./secrets.ts')).addSecret },
    'remove-secret': {
      summary: 'take a client secret away',
      load: async () => (await import('./secrets.ts')).removeSecret,
    },
    'add-certificate': {
      summary: 'let the application prove itself by a certificate',
      load: async () => (await import('./certificates.ts')).addCertificate,
    },
    'remove-certificate': {
      summary: 'take a certificate away',
      load: async () => (await import('./certificates.ts')).removeCertificate,
    },
    'add-permission': {
      summary: 'list permissions that the application asks for',
      load: async () => (await import('./permissions.ts')).addPermission,
    },
    'remove-permission': {
      summary: 'take permissions from the list',
      load: async () => (await import('./permissions.ts')).removePermission,
    },
    'grant-admin-consent': {
      summary: 'consent, for the whole tenant, to all that an application lists',
      load: async () => (await import('./permissions.ts')).grantConsent,
    },
    'add-owner': {
      summary: 'let somebody else look after an application',
      load: async () => (await import('./owners.ts')).addOwner,
    },
    'remove-owner': { summary: 'take an owner away', load: async () => (await import('./owners.ts')).removeOwner },
    lint: {
      summary: 'say what the real cloud would refuse of an application, or what is unwise',
      load: async () => (await import('./lint.ts')).lint,
    },
    export: {
      summary: 'print an application, to make it again',
      load: async () => (await import('./export.ts')).exportApplication,
    },
    import: {
      summary: 'register an application from a portal manifest',
      load: async () => (await import('./import.ts')).importApplication,
    },
  },
}
