import { catalogue, type Refusal } from '../packages/doorstep/src/protocol/errors.ts'

/** Details that print as their own names in braces. */
const placeholders = new Proxy({}, { get: (_target, name) => `{${String(name)}}` }) as never

const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The page docs/errors.md: every refusal of the catalogue, by code. */
export function errorReference(): string {
  const rows = Object.values<Refusal>(catalogue)
    .toSorted((a, b) => a.code - b.code || a.error.localeCompare(b.error))
    .map(({ code, error, status, text, when, fix }) => {
      const cells = [
        `AADSTS${code}`,
        `\`${error}\``,
        String(status),
        escaped((text as (details: never) => string)(placeholders)),
        escaped(when),
        escaped(fix),
      ]
      return `| ${cells.join(' | ')} |`
    })
  return `# Errors

What Doorstep's sign-in and token endpoints refuse, with the code, OAuth error name, HTTP status and text of Microsoft
Entra ID. This page is made from \`packages/doorstep/src/protocol/errors.ts\` by \`npm run docs\`.

| code | \`error\` | HTTP | text | when | what to do |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
