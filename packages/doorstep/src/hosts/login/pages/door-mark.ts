import { trusted } from './html.ts'

const frame = 'M5.5 27V13.5a10.5 10.5 0 0 1 21 0V27z'
const light = 'M8.5 27V13.5a7.5 7.5 0 0 1 15 0V27z'
const leaf = 'M8.5 27V13.5a7.5 7.5 0 0 1 9-7.35V27z'
const spill = 'M17.5 27h6l3.2 3.4h-7.4z'

/** The mark: a door ajar, the light behind it, the step before it. Decoration; the word beside it is its name. */
export const doorMark = trusted(
  `<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
<path class="mark-frame" d="${frame}"/><path class="mark-light" d="${light}"/><path class="mark-leaf" d="${leaf}"/>
<circle class="mark-knob" cx="14.7" cy="18.4" r="1.3"/><rect class="mark-step" x="1.5" y="27" width="29" height="3.4" rx="1.5"/>
<path class="mark-spill" d="${spill}"/></svg>`,
)

/** The same mark for the browser's tab, with colours of its own, as a data URL. */
export const doorIcon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#1f5f4f" d="${frame}"/>` +
    `<path fill="#f5c268" d="${light}"/><path fill="#2f8570" d="${leaf}"/><circle fill="#f5c268" cx="14.7" cy="18.4" r="1.3"/>` +
    `<rect fill="#8c7d70" x="1.5" y="27" width="29" height="3.4" rx="1.5"/><path fill="#f5c268" d="${spill}"/></svg>`,
)}`
