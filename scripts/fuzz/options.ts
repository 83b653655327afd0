import { parseArgs } from 'node:util'

/** How a run is asked for. */
export type Options = {
  /** Requests in all. */
  requests: number
  seed: number
  /** Services, all when empty. */
  only: string[]
  /** A file of a breach, sent once more. */
  replay: string | undefined
}

const WHOLE = 20_000
const SHORT = 5000

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      short: { type: 'boolean' },
      requests: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      replay: { type: 'string' },
    },
  })
  return {
    requests: Number(values.requests ?? (values.short ? SHORT : WHOLE)),
    seed: Number(values.seed ?? Math.floor(Math.random() * 2 ** 31)),
    only: values.only?.split(',') ?? [],
    replay: values.replay,
  }
}
