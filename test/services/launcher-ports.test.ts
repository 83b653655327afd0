import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { expect, it, onTestFinished } from 'vitest'
import { create, ECHO, invoke } from '../support/lambda.ts'
import { family, portsOf } from '../support/ports.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/fakecloud.js')

const INVOCATION = btoa(JSON.stringify({ code: { key: 'k', url: '/x' }, layers: [], environment: {}, place: {} }))

it.skipIf(process.platform !== 'linux')(
  'of all ports that a running emulator listens on, strangers are served on its own alone',
  { timeout: 60_000 },
  async () => {
    const child = spawn(process.execPath, [PROGRAM, '--addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(async () => {
      child.kill('SIGTERM')
      await once(child, 'close')
    })
    let said = ''
    child.stdout.on('data', piece => {
      said += piece
    })
    while (!said.includes('Ready.')) await once(child.stdout, 'data')
    const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(said)?.[1] ?? ''
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials })
    await create(lambda, ECHO)
    await invoke(lambda)
    const inner = portsOf(family(child.pid ?? 0)).filter(port => port !== Number(new URL(endpoint).port))
    expect(inner.length).toBeGreaterThan(2)
    for (const port of inner) {
      const ask = async (method: string, path: string) => {
        const headers = { 'x-fakecloud-invocation': INVOCATION, 'x-fakecloud-inside': 'guess' }
        const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers })
        await response.body?.cancel()
        return response.status
      }
      expect(await ask('GET', '/_fakecloud/health'), `${port}`).toBe(403)
      for (const path of ['/invoke', '/session', '/warm', '/ping']) {
        expect(await ask('POST', path), `${port}${path}`).toBe(403)
      }
    }
    expect((await fetch(`${endpoint}/_fakecloud/health`)).status).toBe(200)
  },
)
