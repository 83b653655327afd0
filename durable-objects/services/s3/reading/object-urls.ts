import type { Ctx } from '../../../kernel/object/operation.ts'

/** Where an object is found, by the address that its request used: under its bucket's host, or in a path. */
export function objectUrl({ http }: Ctx, bucket: string, key: string): string {
  const name = encodeURIComponent(key.toWellFormed())
  if (!http) return `https://${bucket}.s3.amazonaws.com/${name}`
  return http.host.startsWith(`${bucket}.`) ? `${http.baseUrl}/${name}` : `${http.baseUrl}/${bucket}/${name}`
}
