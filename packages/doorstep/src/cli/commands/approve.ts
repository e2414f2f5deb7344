import { dataDirectory } from '../../data-folder.ts'
import { command, dataOption, flag, jsonOption, text } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'
import { UsageError } from '../failure.ts'
import { printable } from '../terminal.ts'

export const approve = command({
  summary: 'answer a device code',
  description: [
    'Signs the device in as the account, as a person would at https://microsoft.com/devicelogin, without a password.',
    'The sign-in log says that it was done so.',
  ].join('\n'),
  arguments: [{ form: '<code>', help: 'the code that the program or device shows' }],
  options: {
    as: text('UPN', 'user principal name of the account: alice@contoso.example'),
    consent: flag('agree to what the application asks for'),
    decline: flag('decline instead: the program hears that the person said no'),
    data: dataOption,
    json: jsonOption,
  },
  examples: [
    'doorstep approve GTHK4MZ2P --as alice@contoso.example',
    'doorstep approve GTHK4MZ2P --as alice@contoso.example --consent',
    'doorstep approve GTHK4MZ2P --as alice@contoso.example --decline',
  ],
  async run({ as, consent, decline, data, json }, { terminal, environment }, [userCode = '']) {
    if (as === undefined) throw new UsageError('Say who signs in: --as alice@contoso.example')
    if (consent && decline) throw new UsageError('--consent and --decline exclude each other.')
    const cloud = await findLocalCloud(dataDirectory(data, environment), environment)
    const request = { userCode, userPrincipalName: as, consent, decline }
    const answer = await askControl(cloud, 'POST', '/approve-device-code', request)
    if (json) return void terminal.printJson(answer)
    const application = printable(String(answer.application))
    const userPrincipalName = printable(String(answer.userPrincipalName))
    if (decline) terminal.print(`Declined ${application} for ${userPrincipalName}.`)
    else terminal.print(`Signed in ${userPrincipalName} to ${application}.`)
  },
})
