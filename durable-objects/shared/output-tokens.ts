import type { Place } from '../../aws/place.ts'
import { randomHex } from '../../aws/ids.ts'

/** The token by which a function answers a request through Object Lambda: it says where that request waits. */
export function newOutputToken({ account, region }: Place, point: string): string {
  return btoa(`${account}/${region}/${point}/${randomHex(64)}`)
}

/** Where a token that newOutputToken made says that its request waits, and the access point that it came by. */
export function placeOfToken(token: string): (Pick<Place, 'account' | 'region'> & { point: string }) | undefined {
  try {
    const parts = /^(\d{12})\/([a-z0-9-]{1,32})\/([a-z0-9-]{3,50})\/[0-9a-f]{64}$/.exec(atob(token)) ?? []
    const [, account, region, point] = parts
    return account && region && point ? { account, region, point } : undefined
  } catch {
    return undefined
  }
}
