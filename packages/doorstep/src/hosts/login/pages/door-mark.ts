import { trusted } from './html.ts'

/** The mark: a door ajar, the light behind it, the step before it. Decoration; the word beside it is its name. */
export const doorMark = trusted(
  `<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
<path class="mark-frame" d="M6 27V13a10 10 0 0 1 20 0v14z"/>
<path class="mark-light" d="M9 27V13a7 7 0 0 1 14 0v14z"/>
<path class="mark-leaf" d="M9 27V13a7 7 0 0 1 6-6.93L18.5 9v20.5z"/>
<circle class="mark-knob" cx="15.9" cy="19" r="1.15"/>
<rect class="mark-step" x="2.5" y="27" width="27" height="3.2" rx="1.6"/>
</svg>`,
)

/** The same mark for the browser's tab, with colours of its own, as a data URL. */
export const doorIcon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#1f5f4f" d="M6 27V13a10 10 0 0 1 20 0v14z"/><path fill="#f5c268" d="M9 27V13a7 7 0 0 1 14 0v14z"/><path fill="#2f8570" d="M9 27V13a7 7 0 0 1 6-6.93L18.5 9v20.5z"/><circle fill="#f5c268" cx="15.9" cy="19" r="1.15"/><rect fill="#8c7d70" x="2.5" y="27" width="27" height="3.2" rx="1.6"/></svg>`,
)}`
