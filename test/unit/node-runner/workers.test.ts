import { describe, expect, it } from 'vitest'
import { startWorkers } from '../../../node-runner/workers.ts'

type Fakes = { most: number; kept?: number; failing?: Set<number>; names?: Record<number, string[]> }

/** Workers whose ports are 100, 101 and so on. */
async function setUp({ most, kept = 1, failing = new Set(), names = {} }: Fakes) {
  const started: number[] = []
  const stopped: number[] = []
  const workers = await startWorkers({
    most,
    kept,
    start: async index => {
      started.push(index)
      if (failing.has(index)) throw new Error('no')
      const stop = async () => void stopped.push(index)
      return { port: 100 + index, pid: () => index + 1, failed: new Promise<never>(() => {}), stop }
    },
    namespacesAt: async port => names[port - 100] ?? [],
  })
  return { workers, started, stopped }
}

describe('workers', () => {
  it('start when a namespace first comes to them, the next to the one with the fewest, main to the first', async () => {
    const { workers, started, stopped } = await setUp({ most: 2 })
    expect(await workers.portOf('a')).toBe(100)
    expect(started).toEqual([0])
    expect(await Promise.all([workers.portOf('b'), workers.portOf('b')])).toEqual([101, 101])
    expect(await workers.portOf('main')).toBe(100)
    expect(await workers.portOf('c')).toBe(101)
    expect(workers.portOf('b')).toBe(101)
    expect(started).toEqual([0, 1])
    expect(workers.ports()).toEqual([100, 101])
    await workers.stop()
    expect(stopped).toEqual([0, 1])
  })

  it('that could not start are tried again for the next request', async () => {
    const failing = new Set([1])
    const { workers } = await setUp({ most: 2, failing })
    await workers.portOf('a')
    await expect(workers.portOf('b')).rejects.toThrow('no')
    failing.clear()
    expect(await workers.portOf('b')).toBe(101)
  })

  it('keep the namespaces that live in them, however many there are to be', async () => {
    const { workers, started } = await setUp({ most: 1, kept: 3, names: { 0: ['a'], 2: ['b', 'a'] } })
    expect(started).toEqual([0, 1, 2])
    expect([workers.portOf('a'), workers.portOf('b'), workers.portOf('new')]).toEqual([100, 102, 100])
  })

  it('are no start at all when one that has state cannot start', async () => {
    await expect(setUp({ most: 1, kept: 2, failing: new Set([1]) })).rejects.toThrow('no')
  })
})
