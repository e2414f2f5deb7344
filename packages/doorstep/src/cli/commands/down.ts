import { setTimeout as sleep } from 'node:timers/promises'
import { dataDirectory, dataFolderInUse } from '../../data-folder.ts'
import { command, dataOption, jsonOption } from '../command.ts'
import { askControl, findLocalCloud } from '../control-client.ts'
import { RefusedError } from '../failure.ts'

export const down = command({
  summary: 'stop the local cloud',
  description: 'Waits until it has ended. Exit code 3 says that none was running for the data folder.',
  options: { data: dataOption, json: jsonOption },
  examples: ['doorstep down', 'doorstep down --data ./cloud'],
  async run({ data, json }, { terminal, environment }) {
    const folder = dataDirectory(data, environment)
    const cloud = await findLocalCloud(folder, environment)
    await askControl(cloud, 'POST', '/stop')
    const done = terminal.progress('Stopping')
    await waitUntilFree(folder, 20_000).finally(done)
    if (json) terminal.printJson({ status: 'stopped', url: cloud.instance.url, dataDirectory: folder })
    else terminal.print(`Stopped the local cloud at ${cloud.instance.url}.`)
  },
})

async function waitUntilFree(folder: string, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (await dataFolderInUse(folder)) {
    if (performance.now() > deadline) {
      throw new RefusedError(`The local cloud of ${folder} was asked to stop and is still running.`)
    }
    await sleep(25)
  }
}
