import { command } from '../command.ts'
export const call = command({
  summary: '',
  options: {},
  examples: [],
  async run() {
    return 0
  },
})
