import type { Surroundings } from './way-to-person.ts'

const OPENERS = ['xdg-open', 'wslview']

/** What this process sees around it. */
export function surroundings(): Surroundings {
  return {
    platform: process.platform,
    environment: process.env,
    isContainer: isContainer(),
    openers: OPENERS.filter(isOnPath),
  }
}

/** Docker and Podman leave a file, Kubernetes and systemd-nspawn a variable. */
function isContainer(): boolean {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const { container, KUBERNETES_SERVICE_HOST } = process.env
  return Boolean(container || KUBERNETES_SERVICE_HOST) || existsSync('/.dockerenv') || existsSync('/run/.containerenv')
}

function isOnPath(program: string): boolean {
  const { accessSync, constants } = process.getBuiltinModule('node:fs')
  const { delimiter, join } = process.getBuiltinModule('node:path')
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    if (folder === '') return false
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
