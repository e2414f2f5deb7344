import { command } from '../command.ts'
import { type CompletionShell, completionScript, completionShells } from '../completion/scripts.ts'
import { launcherPath } from '../installed-files.ts'

export const completion = command({
  summary: 'print what makes a shell complete `doorstep`',
  description: [
    'Commands, options and their choices, by Tab after the word `doorstep`.',
    'The examples switch it on for bash, zsh, fish and PowerShell. Where the program is not on the PATH, an alias as in the last one lets the shell know it.',
  ].join('\n'),
  arguments: [{ form: '<shell>', help: 'who completes', choices: completionShells }],
  options: {},
  examples: [
    'source <(doorstep completion bash)',
    'source <(doorstep completion zsh)',
    'doorstep completion fish | source',
    'doorstep completion powershell | Out-String | Invoke-Expression',
    'alias doorstep="npx --no-install doorstep"',
  ],
  async run(_options, { terminal }, [shell]) {
    terminal.write(completionScript(shell as CompletionShell, [process.execPath, launcherPath]))
  },
})
