import { askControl, type LocalCloud } from '../control-client.ts'

/** What the clock of a local cloud shows, milliseconds since the epoch. */
export async function cloudTime(cloud: LocalCloud): Promise<number> {
  const { now } = await askControl(cloud, 'GET', '/clock')
  return typeof now === 'string' ? Date.parse(now) : Date.now()
}
