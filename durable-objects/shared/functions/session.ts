import type { Invocation } from './contract.ts'

/**
 * What flows into a sandbox: a line of JSON, and after an invocation's line its payload of `bytes` bytes. The supervisor
 * keeps one such stream open as long as the sandbox lives, so that timers, connections and /tmp outlive an invocation as
 * they do in Lambda; on the edge a stream has one invocation.
 */
export type Message = { poll: true } | (Invocation & { bytes: number })

/** What flows out besides the frames of the contract: the sandbox is idle and takes an invocation. */
export type Ready = { ready: true }

export function encodeMessage(message: Message): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(message)}\n`)
}

export function decodeInvocation(header: string): Invocation {
  const bytes = Uint8Array.from(atob(header), char => char.charCodeAt(0))
  // The sender is the Lambda service or the supervisor; nobody else holds the secret.
  return JSON.parse(new TextDecoder().decode(bytes)) as Invocation
}

export function encodeInvocation(invocation: Invocation): string {
  const bytes = new TextEncoder().encode(JSON.stringify(invocation))
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
