const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether a text has the form of a GUID, in any case, without braces. */
export function isGuid(text: string): boolean {
  return guid.test(text)
}
