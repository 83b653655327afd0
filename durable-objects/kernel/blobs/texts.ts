import type { Ctx, Tx } from '../object/operation.ts'
import { dropBlob, putBlob, readBlob } from './blobs.ts'

/** A text of any length as a row's JSON has it: itself while it is short, else the blob that holds it. `size` in bytes. */
export type KeptText = string | { blob: number; size: number }

/** A row ends at 2 MB, may hold more than one text, and a character takes up to six bytes of JSON. */
const SHORT = 50_000

/** Keeps a text in the change that uses it. */
export function keepText(tx: Tx, text: string): KeptText {
  if (text.length <= SHORT) return text
  const bytes = new TextEncoder().encode(text)
  return { blob: putBlob(tx, bytes), size: bytes.length }
}

export function readText(ctx: Ctx, text: KeptText): string {
  if (typeof text === 'string') return text
  return new TextDecoder('utf-8', { ignoreBOM: true, fatal: false }).decode(readBlob(ctx, text.blob))
}

/** In bytes. */
export const textSize = (text: KeptText) => (typeof text === 'string' ? Buffer.byteLength(text) : text.size)

/** Lets go of a text that its row no longer has. */
export function dropText(tx: Tx, text: KeptText | undefined): void {
  if (typeof text === 'object') dropBlob(tx, text.blob)
}
