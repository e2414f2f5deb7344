/** Whether a text is a GUID in its usual form, in either case. */
export function isGuid(text: string): boolean {
  return /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(text)
}
