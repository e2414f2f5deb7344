import { html } from './html.ts'

/** `/common/oauth2/nativeclient`: an embedded browser reads the answer off the address, so there is nothing to see. */
export function nativeClientPage(): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Signed in</title></head><body></body></html>
`.text
}
