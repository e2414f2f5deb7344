const WIDTH = 100

/** A text as lines of bearable length, the first after `start`, the others indented by so many blanks. */
export function wrapped(text: string, start: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((part, index) => (index === 0 ? start : ' '.repeat(indent)) + part)
}
