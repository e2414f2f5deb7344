import { catalogue, type Refusal, textWithPlaceholders } from '../packages/doorstep/src/protocol/errors.ts'

const escaped = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The page docs/errors.md: every refusal of the catalogue, by code. */
export function errorReference(): string {
  const rows = Object.values<Refusal>(catalogue)
    .toSorted((a, b) => a.code - b.code || a.error.localeCompare(b.error))
    .map((row) => {
      const { code, error, status, when, fix } = row
      const cells = [
        `AADSTS${code}`,
        `\`${error}\``,
        String(status),
        escaped(textWithPlaceholders(row)),
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
