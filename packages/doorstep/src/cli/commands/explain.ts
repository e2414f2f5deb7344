import { command, jsonOption } from '../command.ts'
import { describeError, type ExplainedError } from '../explain/describe-error.ts'
import { explainCode } from '../explain/explain-code.ts'
import { findError } from '../explain/find-codes.ts'
import { oauthErrors } from '../explain/oauth-errors.ts'
import { UsageError } from '../failure.ts'
import { readPaste } from '../paste.ts'

export const explain = command({
  summary: 'say what an AADSTS error means',
  description: [
    'Meaning, likely causes, how to check, how to fix. Needs no network and no local cloud.',
    'Takes codes, or a whole error as it was met: the JSON body, the error page, an exception. Quote it, or pipe it in.',
    'Exit code 1 says that none of the codes is known.',
  ].join('\n'),
  arguments: [{ form: '[error...]', help: 'codes, or a text that holds some; - or nothing: standard input' }],
  options: { json: jsonOption },
  examples: [
    'doorstep explain AADSTS50011',
    'doorstep explain 7000215 65001',
    'doorstep explain < error.json',
    'doorstep explain --json invalid_grant',
  ],
  async run({ json }, io, operands) {
    const isPiped = operands.length === 0 || (operands.length === 1 && operands[0] === '-')
    const pasted = isPiped ? await readPaste(io, (text) => findError(text).codes.length > 0) : operands.join(' ')
    const found = findError(pasted)
    const known = found.error !== undefined && Object.hasOwn(oauthErrors, found.error)
    if (found.codes.length === 0 && !known) throw nothingFound()
    const { codes, error, ...request } = found
    const oauth = known && error ? { error, meaning: oauthErrors[error] ?? '' } : undefined
    const explained: ExplainedError = { explanations: codes.map((code) => explainCode(code, error)), oauth, request }
    if (json) io.terminal.printJson(explained)
    else for (const line of describeError(explained, io.terminal)) io.terminal.print(line)
    const understood = explained.explanations.some(({ meanings }) => meanings.length > 0)
    return understood || codes.length === 0 ? 0 : 1
  },
})

function nothingFound(): UsageError {
  return new UsageError(
    'There is no AADSTS code in this. Give a code (AADSTS50011 or 50011), or the whole error with its text.',
  )
}
