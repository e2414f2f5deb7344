export type Shell = 'bash' | 'fish' | 'pwsh'

/**
 * Lines that turn one environment into the other when they are pasted into a shell: an assignment for every variable
 * that is new or different, a removal for every one that is gone. Variables that agree are not mentioned.
 *
 * @throws {TypeError} when a value holds a NUL character, or a changed variable has a name that a shell cannot say
 */
export function shellExports(environment: NodeJS.ProcessEnv, inherited: NodeJS.ProcessEnv, shell: Shell): string {
  const syntax = syntaxes[shell]
  const names = [...new Set([...Object.keys(inherited), ...Object.keys(environment)])].sort()
  const lines = names.flatMap((name) => {
    const value = environment[name]
    if (value === inherited[name]) return []
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(`environment: expected names of letters, digits and underscores, but got "${name}"`)
    }
    if (value?.includes('\0')) throw new TypeError(`environment.${name}: no shell can hold a NUL character`)
    return value === undefined ? [syntax.remove(name)] : [syntax.assign(name, value)]
  })
  return lines.map((line) => `${line}\n`).join('')
}

interface ShellSyntax {
  assign(name: string, value: string): string
  remove(name: string): string
}

const syntaxes: { readonly [shell in Shell]: ShellSyntax } = {
  bash: {
    assign: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
    remove: (name) => `unset ${name}`,
  },
  fish: {
    assign: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`,
    remove: (name) => `set -e ${name}`,
  },
  pwsh: {
    // PowerShell ends a quoted text at typographic quotation marks too; every one of them is doubled.
    assign: (name, value) => `$env:${name} = '${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`,
    remove: (name) => `Remove-Item -ErrorAction Ignore Env:${name}`,
  },
}
