import { type Html, html } from './html.ts'

/** Says which application asked for the sign-in. Names come from outside: isolated, so that none can turn the line. */
export function applicationLine(application: string | undefined): Html | undefined {
  return application === undefined
    ? undefined
    : html`<p class="lead">to continue to <bdi class="name">${application}</bdi></p>`
}

/** The account a page speaks about. */
export function accountLine(userName: string): Html {
  return html`<p class="account"><bdi id="displayName">${userName}</bdi></p>`
}
