/** User and password of a URL, wherever it stands in a text. */
const USER = /\b(https?:\/\/)[^\s/?#@]+(?:@[^\s/?#@]*)*@/gi
/** Parameters of a query that let in whoever knows them. */
const PARAMETER =
  /([?&](?:[\w.-]*(?:token|secret|passw(?:or)?d|pwd|signature|api[_-]?key|credential)|key|sig|auth|code)=)[^&#\s]+/gi

/** A text with the secrets struck out that the URLs in it hold. */
export function withoutSecrets(text: string): string {
  return text.includes('://') ? text.replace(USER, '$1***@').replace(PARAMETER, '$1***') : text
}
