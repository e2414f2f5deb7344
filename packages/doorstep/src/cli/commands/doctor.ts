import { command } from '../command.ts'
export const doctor = command({
  summary: '',
  options: {},
  examples: [],
  async run() {
    return 0
  },
})
