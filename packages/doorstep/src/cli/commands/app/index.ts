import type { CommandGroup } from '../../command.ts'

export const app: CommandGroup = {
  summary: 'register applications',
  examples: ['doorstep app create my-app --secret', 'doorstep app list', 'doorstep app show my-app'],
  commands: {
    create: { summary: 'register an application', load: async () => (await import('./create.ts')).create },
    list: { summary: 'list the applications of the tenant', load: async () => (await import('./list.ts')).list },
    show: { summary: 'show one application', load: async () => (await import('./show.ts')).show },
    delete: { summary: 'delete an application', load: async () => (await import('./delete.ts')).deleteApplication },
  },
}
