import type { BrowserCredentialOptions, DeviceCodeInfo } from '@doorstep/client'
import { InterruptedError, RefusedError } from '../failure.ts'
import { inCommandWords } from '../library-words.ts'
import type { Terminal } from '../terminal.ts'

type BrowserPrompts = Pick<BrowserCredentialOptions, 'onAddress' | 'onNotice' | 'onWaiting' | 'onPasteBack'>

/** What a person sees while a sign-in waits for him. */
export interface PersonPrompts {
  /** Shows the code of a device sign-in, and counts down. */
  showCode(info: DeviceCodeInfo): void
  /**
   * @param otherwise what is done where no browser can be opened; with `instead`, nothing but pasting back will do, and
   *   where there is no terminal the person is told what to do instead
   */
  forBrowser(otherwise: 'pasteBack' | 'deviceCode' | BrowserAlone): BrowserPrompts
  /** Takes the countdown away. */
  end(): void
}

interface BrowserAlone {
  readonly instead: string
  /** Why there is no browser, where that is known. */
  readonly why?: string
}

/** @param begin called before the person is told anything */
export function personPrompts(terminal: Terminal, begin: () => void): PersonPrompts {
  let clear = () => {}
  let timer: ReturnType<typeof setInterval> | undefined
  let isAsking = false
  const show = (secondsLeft: number) => {
    if (isAsking) return // it would write over what is being pasted
    clear()
    clear = terminal.progress(`Waiting for the sign-in, ${minutesAndSeconds(secondsLeft)} left (Ctrl-C ends it)`)
  }
  const note = (text: string) => {
    clear()
    begin()
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
    forBrowser(otherwise) {
      const shown = {
        onAddress: (address: string) => note(`If no page opens, open this address on this machine:\n${address}`),
        onNotice: (text: string) => note(inCommandWords(text)),
        onWaiting: ({ secondsLeft }: { secondsLeft: number }) => show(secondsLeft),
      }
      if (otherwise === 'deviceCode') return shown
      if (terminal.isInteractive) return { ...shown, onPasteBack: pasteBack }
      return otherwise === 'pasteBack' ? shown : { ...shown, ...refusal(otherwise) }
    },
    end() {
      clearInterval(timer)
      clear()
    },
  }

  async function pasteBack(address: string): Promise<string> {
    note(address)
    isAsking = true
    const answer = await terminal.ask('Paste the address that stands in the browser’s address bar in the end:')
    isAsking = false
    // At the question Ctrl-C is a key, and no signal.
    if (answer === undefined) throw new InterruptedError('SIGINT')
    return answer
  }
}

/** Ends the sign-in where the library would have the person paste something. */
function refusal({ instead, why }: BrowserAlone): Pick<BrowserPrompts, 'onNotice' | 'onPasteBack'> {
  let reason = why
  return {
    onNotice(text) {
      reason ??= inCommandWords(text).split(': open')[0]
    },
    onPasteBack: async () => {
      throw new RefusedError(`${reason ?? 'There is no browser'}, and no terminal to paste an address into.`, {
        fix: instead,
      })
    },
  }
}

function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
