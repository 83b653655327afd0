import { test as base } from 'vitest'
import { FakeCloud } from './fakecloud.ts'

/** What a test gets: a client of the file's own namespace, whose `url` is the endpoint for AWS clients. */
export type FakeCloudFixtures = { fc: FakeCloud }

/**
 * Vitest's `test` with a namespace for each test file: files run beside each other and see nothing of each other.
 * The emulator is the one at FAKECLOUD_URL, else at http://localhost:4566. The namespace goes when the file is done.
 */
export const test = base.extend<{ $file: FakeCloudFixtures }>({
  fc: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures that one needs off this pattern
    async ({}, use) => {
      const root = new FakeCloud({ url: process.env.FAKECLOUD_URL || undefined })
      const fc = await root.namespaces.create({ ttlSeconds: 3600 })
      await use(fc)
      await root.namespaces.delete(fc.url.split('/').at(-1) ?? '')
    },
    { scope: 'file' },
  ],
})
