/** A policy as IAM gives it back: percent-encoded by RFC 3986. */
export function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** A document's size as IAM counts it: white space is free. */
export function sizeOf(document: string): number {
  return document.replace(/\s/g, '').length
}
