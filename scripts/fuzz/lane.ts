import { Cut, type Exchange, Hang, type RawResponse, rawConnection } from '../processes/raw-http.ts'
import type { Case } from './cases.ts'
import { bytesOf, type Message } from './messages.ts'
import { watchState } from './state.ts'
import { breachOf } from './verdict.ts'
import { inNamespace, knownNames, seedMessages } from './world.ts'

/** Something that the emulator should not have done, with the request that made it. */
export type Breach = { title: string; what: string; request: Buffer; printed: string }

/** What every lane works with. */
export type Run = {
  port: number
  dataPath: string
  boundMs: number
  statuses: Map<number, number>
  breach(title: string, what: string, request: Buffer): void
  /** Requests that were refused and left the state as it was. */
  refused: { count: number }
}

/** Requests one after the other in a namespace of its own, with an eye on its state after each. */
export type Lane = {
  namespace: string
  names: ReadonlyMap<string, readonly string[]>
  seed(): Promise<void>
  /** @returns undefined when there was no answer, which is a breach already */
  send(each: Case): Promise<RawResponse | undefined>
  close(): void
}

/** The namespace's clock stands still, so that nothing but requests changes anything. */
export function laneOf(run: Run, namespace: string): Lane {
  const connection = rawConnection(run.port)
  const state = watchState(run.dataPath, namespace)
  const { names, harvest } = knownNames()
  let dirty = true
  let last: { title: string; request: Buffer } | undefined

  const exchange = async (message: Message): Promise<RawResponse> => {
    const how: Exchange = { head: message.method === 'HEAD', boundMs: run.boundMs }
    return await connection.exchange(bytesOf(message), how)
  }
  const own = (method: string, path: string): Message => {
    const body = new Uint8Array(0)
    return inNamespace({ method, path, query: '', headers: [['host', '127.0.0.1']], body }, namespace)
  }
  const settle = () => exchange({ ...own('POST', '/_fakecloud/settle'), query: 'settle=5000' })

  /** A change after a refusal may be late work of an earlier request: only what happens again is a breach. */
  async function changedAgain(message: Message): Promise<string[]> {
    for (let i = 0; i < 2; i++) {
      await settle()
      state.changes()
      const { status } = await exchange(message)
      if (status < 400) return []
      await settle()
      const changes = state.changes()
      if (changes.length === 0) return []
      if (i === 1) return changes
    }
    return []
  }

  async function checkState(each: Case, message: Message, status: number): Promise<void> {
    if (status < 400 || status >= 500) {
      dirty = true
      return
    }
    const changes = state.changes()
    run.refused.count += 1
    if (changes.length === 0) return
    const again = await changedAgain(message)
    if (again.length > 0)
      run.breach(each.title, `refused with ${status}, and changed ${again.join(', ')}`, bytesOf(message))
  }

  function checkStray(before: { title: string; request: Buffer } | undefined): void {
    const stray = connection.stray()
    if (stray !== '' && before)
      run.breach(before.title, `answered, and then said ${stray.slice(0, 200)}`, before.request)
  }

  return {
    namespace,
    names,
    async seed() {
      await exchange(own('POST', '/_fakecloud/clock/freeze'))
      for (const message of seedMessages(namespace)) {
        const { body } = await exchange(message)
        harvest(body)
      }
      await settle()
      dirty = true
    },
    async send(each) {
      if (dirty) state.changes()
      dirty = false
      const message = inNamespace(each.message, namespace)
      const before = last?.title
      try {
        checkStray(last)
        last = { title: each.title, request: bytesOf(message) }
        const response = await exchange(message)
        const { status } = response
        run.statuses.set(status, (run.statuses.get(status) ?? 0) + 1)
        const { target, door = false } = each
        const what = breachOf(response, { form: target?.form, raw: target === undefined, door })
        if (what) run.breach(each.title, `${what}: ${response.body.toString('latin1').slice(0, 300)}`, bytesOf(message))
        if (status < 400) harvest(response.body)
        await checkState(each, message, status)
        return response
      } catch (error) {
        dirty = true
        if (error instanceof Hang || error instanceof Cut)
          run.breach(each.title, `${error.message} (after ${before})`, bytesOf(message))
        else throw error
        return undefined
      }
    },
    close() {
      connection.close()
      state.close()
    },
  }
}
