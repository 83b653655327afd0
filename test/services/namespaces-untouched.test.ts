import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GetBucketLocationCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'

/** Databases under a directory that hold a table. */
function tablesUnder(path: string): string[] {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.sqlite'))
  return files.flatMap(file => {
    const db = new DatabaseSync(join(path, file), { readOnly: true })
    const rows = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    db.close()
    return rows.map(({ name }) => String(name))
  })
}

test('what nobody has made is not made by whoever only looks for it', async () => {
  const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-test-'))
  onTestFinished(() => rmSync(dataPath, { recursive: true, force: true }))
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, dataPath, logLevel: 'error' })
  onTestFinished(emulator.stop)
  const { url } = emulator
  const asks = { Origin: 'https://example.org', 'Access-Control-Request-Method': 'PUT' }
  const ask = (path: string, init: RequestInit) => fetch(url + path, init)
  expect((await ask('/never-made/key', { method: 'OPTIONS', headers: asks })).status).toBe(403)
  expect((await ask('/_fakecloud/iam/issuers/123456789012/.well-known/jwks.json', {})).status).toBe(404)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const s3 = new S3Client({ endpoint: url, region: 'us-east-1', credentials, forcePathStyle: true })
  const Bucket = 'arn:aws:s3:us-east-1:999999999999:accesspoint/never-made'
  await expect(s3.send(new GetBucketLocationCommand({ Bucket }))).rejects.toThrow()
  await emulator.stop()
  expect(tablesUnder(dataPath).filter(name => /^(?:s3|s3control|iam)_/.test(name))).toEqual([])
})
