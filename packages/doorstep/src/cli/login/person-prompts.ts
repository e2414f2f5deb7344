import type { BrowserCredentialOptions, DeviceCodeInfo } from '@doorstep/client'
import type { Terminal } from '../terminal.ts'

type BrowserPrompts = Pick<BrowserCredentialOptions, 'onAddress' | 'onNotice' | 'onWaiting' | 'onPasteBack'>

/** What a person sees while a sign-in waits for him. */
export interface PersonPrompts {
  /** Shows the code of a device sign-in, and counts down. */
  showCode(info: DeviceCodeInfo): void
  /** @param otherwise what is done where no browser can be opened */
  forBrowser(otherwise: 'pasteBack' | 'deviceCode'): BrowserPrompts
  /** Takes the countdown away. */
  end(): void
}

export function personPrompts(terminal: Terminal): PersonPrompts {
  let clear = () => {}
  let timer: ReturnType<typeof setInterval> | undefined
  const show = (secondsLeft: number) => {
    clear()
    clear = terminal.progress(`Waiting for the sign-in, ${minutesAndSeconds(secondsLeft)} left (Ctrl-C ends it)`)
  }
  const note = (text: string) => {
    clear()
    terminal.note(text)
  }
  return {
    showCode({ message, expiresOn }) {
      note(message)
      const secondsLeft = () => Math.max(0, Math.round((expiresOn.getTime() - Date.now()) / 1000))
      show(secondsLeft())
      timer = setInterval(() => show(secondsLeft()), 1_000)
      timer.unref()
    },
    forBrowser: (otherwise) => ({
      onAddress: (address) => note(`If no page opens, open this address on this machine:\n${address}`),
      onNotice: note,
      onWaiting: ({ secondsLeft }) => show(secondsLeft),
      ...(otherwise === 'pasteBack' && terminal.isInteractive && { onPasteBack: pasteBack }),
    }),
    end() {
      clearInterval(timer)
      clear()
    },
  }

  async function pasteBack(address: string): Promise<string> {
    note(address)
    return (await terminal.ask('The address that the browser ends at:')) ?? ''
  }
}

function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
