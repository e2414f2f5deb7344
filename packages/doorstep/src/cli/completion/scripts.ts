export const completionShells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type CompletionShell = (typeof completionShells)[number]

/** How the scripts ask for words: the program and its first words. */
export type AskingProgram = readonly string[]

/**
 * The script that makes a shell complete `doorstep`. It asks this very program at each Tab, so it never grows old; an
 * answer has a line per word, word and help with a tab between, and `:files` where a file may be named.
 */
export function completionScript(shell: CompletionShell, program: AskingProgram): string {
  const posixProgram = program.map(posixQuoted).join(' ')
  switch (shell) {
    case 'bash':
      return bashScript(posixProgram)
    case 'zsh':
      return zshScript(posixProgram)
    case 'fish':
      return fishScript(program.map(fishQuoted).join(' '))
    case 'powershell':
      return powershellScript(program.map(powershellQuoted).join(' '))
  }
}

const posixQuoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
const fishQuoted = (word: string) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const powershellQuoted = (word: string) => `'${word.replaceAll("'", "''")}'`

const bashScript = (program: string) => `# doorstep completion for bash: source <(doorstep completion bash)
_doorstep_completion() {
  local IFS=$'\\n' line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  for line in $(${program} complete "--word=$current" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null); do
    if [[ $line == ':files' ]]; then
      [[ $current == '=' ]] && current=''
      COMPREPLY+=($(compgen -f -- "$current"))
      compopt -o filenames 2>/dev/null
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done
}
complete -F _doorstep_completion doorstep
`

const zshScript = (program: string) => `#compdef doorstep
# doorstep completion for zsh: source <(doorstep completion zsh)
_doorstep() {
  local line
  local -a described
  for line in "\${(@f)$(${program} complete "--word=\${words[CURRENT]}" -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}"; do
    if [[ $line == ':files' ]]; then
      _files
    elif [[ -n $line ]]; then
      described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#described )) && _describe 'doorstep' described
}
typeset -f compdef >/dev/null || { autoload -Uz compinit && compinit }
compdef _doorstep doorstep
`

const fishScript = (program: string) => `# doorstep completion for fish: doorstep completion fish | source
function __doorstep_complete
  set -l current (commandline -ct)
  set -l before (commandline -opc)
  for line in (${program} complete "--word=$current" -- $before[2..-1] 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c doorstep -f -a '(__doorstep_complete)'
`

const powershellScript = (
  program: string,
) => `# doorstep completion for PowerShell: doorstep completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName doorstep -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  & ${program} complete "--word=$wordToComplete" -- @before 2>$null | ForEach-Object {
    if ($_ -eq ':files') {
      [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
    } else {
      $word, $help = $_ -split "\`t", 2
      if (-not $help) { $help = $word }
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $help)
    }
  }
}
`
