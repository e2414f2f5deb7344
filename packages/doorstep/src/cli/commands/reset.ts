import { dataDirectory } from '../../data-folder.ts'
import { command, dataOption, flag, jsonOption } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'
import { RefusedError, UsageError } from '../failure.ts'
import { forgetLoginsOf } from '../login/forget-login.ts'
import { describeFacts } from '../terminal.ts'

export const reset = command({
  summary: 'make the local cloud as after its first start',
  description: 'Removes every application, user, group and assignment, puts the clock back and applies the seed again.',
  options: {
    data: dataOption,
    yes: flag('do it without asking; needed where nobody can be asked'),
    json: jsonOption,
  },
  examples: ['doorstep reset', 'doorstep reset --yes'],
  async run({ data, yes, json }, io) {
    const { terminal, environment } = io
    const cloud = await findLocalCloud(dataDirectory(data, environment), environment)
    if (!yes) {
      if (!terminal.isInteractive)
        throw new UsageError('reset removes everything, and nobody can be asked here: add --yes.')
      const sure = await terminal.confirm(`Remove everything in the local cloud at ${cloud.instance.url}?`)
      if (!sure) throw new RefusedError('Nothing was changed.')
    }
    const done = terminal.progress('Resetting')
    const answer = await askControl(cloud, 'POST', '/reset').finally(done)
    await forgetLoginsOf(cloud.dataDirectory, io)
    if (json) return void terminal.printJson(answer)
    terminal.print('The local cloud is as after its first start.')
    const administrator = answer.administrator as { userPrincipalName?: string; password?: string } | undefined
    const facts = describeFacts(
      [
        ['Tenant', answer.tenantId as string | undefined],
        ['Administrator', administrator?.userPrincipalName],
        ['Password', administrator?.password && `${administrator.password}   (shown this once)`],
      ],
      terminal.colours,
    )
    for (const line of facts) terminal.print(line)
  },
})
