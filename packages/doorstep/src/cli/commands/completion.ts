import { command } from '../command.ts'
import { type CompletionShell, completionScript, completionShells } from '../completion/scripts.ts'
import { launcherPath } from '../installed-files.ts'

export const completion = command({
  summary: 'print what makes a shell complete `doorstep`',
  description: [
    'Commands, options and their choices, by Tab after the word `doorstep`.',
    'Where the program is not on the PATH, let the shell know it: alias doorstep="npx --no-install doorstep".',
    '',
    'bash        source <(npx --no-install doorstep completion bash)',
    'zsh         source <(npx --no-install doorstep completion zsh)',
    'fish        npx --no-install doorstep completion fish | source',
    'PowerShell  npx --no-install doorstep completion powershell | Out-String | Invoke-Expression',
  ].join('\n'),
  arguments: [{ form: '<shell>', help: 'who completes', choices: completionShells }],
  options: {},
  examples: ['doorstep completion bash', 'doorstep completion zsh > ~/.zfunc/_doorstep'],
  async run(_options, { terminal }, [shell]) {
    terminal.write(completionScript(shell as CompletionShell, [process.execPath, launcherPath]))
  },
})
