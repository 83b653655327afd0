import type { Invocation } from '../../durable-objects/shared/functions/contract.ts'
import type { HostEnv } from './host-env.ts'
import { buildProgram, type Program } from './program.ts'

/** What unpacked functions may hold of a host's memory. */
const MAX_BYTES = 256 * 1024 * 1024

export type ProgramCache = Map<string, Promise<Program> | Program>

/**
 * The program of an invocation's code, unpacked once. Its key is made of the contents' hashes, so that nothing in the
 * cache is ever stale; the least recently used go first.
 */
export async function programOf(cache: ProgramCache, env: HostEnv, invocation: Invocation): Promise<Program> {
  const key = keyOf(invocation)
  const known = cache.get(key)
  if (known !== undefined) {
    cache.delete(key)
    cache.set(key, known)
    return await known
  }
  const building = buildProgram(env, invocation)
  cache.set(key, building)
  try {
    const program = await building
    cache.set(key, program)
    evict(cache)
    return program
  } catch (error) {
    cache.delete(key)
    throw error
  }
}

/** The entry decides which ES modules are loaded as such, and the runtime where packages are looked for. */
function keyOf({ code, layers, handler, runtime, environment }: Invocation): string {
  const parts = [code.key, ...layers.map(layer => layer.key), handler, runtime, environment.NODE_OPTIONS ?? '']
  return parts.join('\n')
}

function evict(cache: ProgramCache): void {
  let bytes = 0
  for (const [key, program] of [...cache].reverse()) {
    if (program instanceof Promise) continue
    bytes += program.bytes
    if (bytes > MAX_BYTES && bytes !== program.bytes) cache.delete(key)
  }
}
