import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], globalSetup: string[] = []) => ({
  test: { name, include, globalSetup, testTimeout: 30_000, hookTimeout: 60_000 },
})

/** Tests that drive the Worker share one emulator, each in a namespace of its own. */
export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('emulator', ['test/{services,integrations}/**/*.test.ts'], ['test/support/emulator.ts']),
      project('far', ['test/integrations/**/*.test.ts'], ['test/support/far-emulator.ts']),
      project('terraform', ['test/terraform/**/*.test.ts'], ['test/support/emulator.ts']),
      project('docker', ['test/docker/**/*.test.ts'], ['test/support/emulator.ts']),
    ],
  },
})
