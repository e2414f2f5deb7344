import { type Html, html } from './html.ts'

/** Text whose long addresses may break after a slash of the path, a dot or a sign of the query; what is copied stays the same. */
export function breakable(text: string): readonly Html[] {
  return text
    .split(/(?<=[^:/]\/|[.?&=,])(?=[^/.?&=,\s])/u)
    .map((piece, index) => html`${index > 0 && html`<wbr>`}${piece}`)
}
