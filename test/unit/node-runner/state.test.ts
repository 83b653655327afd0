import { existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openState } from '../../../node-runner/state.ts'

const directory = () => mkdtempSync(join(tmpdir(), 'fakecloud-test-'))

describe('the state of an emulator', () => {
  it('goes when it ends, unless it has a directory', () => {
    const ephemeral = openState(undefined)
    expect(existsSync(ephemeral.objectsOf(0))).toBe(true)
    ephemeral.close()
    expect(existsSync(dirname(ephemeral.objectsOf(0)))).toBe(false)

    const kept = openState(directory())
    kept.close()
    expect(existsSync(kept.objectsOf(0))).toBe(true)
  })

  it('belongs to one emulator at a time', () => {
    const path = directory()
    const first = openState(path)
    expect(() => openState(path)).toThrow(`${path} is in use by another fakecloud`)
    first.close()
    openState(path).close()
  })

  it('is not read where an older version laid it out in another way, and says so', () => {
    const path = directory()
    mkdirSync(join(path, 'objects/do/fakecloud-ServiceObject'), { recursive: true })
    expect(() => openState(path)).toThrow(`${path} holds state of an older fakecloud`)
  })

  it('keeps its secret, which is for its owner alone', () => {
    const path = directory()
    const first = openState(path)
    first.close()
    const second = openState(path)
    second.close()
    expect(second.secret).toBe(first.secret)
    expect(second.secret).toMatch(/^[0-9a-f]{64}$/)
    expect(statSync(join(path, 'secret')).mode & 0o077).toBe(0)
  })
})
