import { checkBundle } from './check/bundle.ts'
import { checkLayers } from './check/layers.ts'
import { checkPackages } from './check/packages.ts'
import { checkSdk } from './check/sdk.ts'
import { checkServices } from './check/services.ts'

/**
 * Checks what no compiler sees: that the lists of services agree, that imports go one way, that Cloudflare would take the Worker, and that all
 * run one workerd. Prints what it measured, and fails with what is wrong.
 */
const failures = [
  ...(await checkServices()),
  ...checkLayers(),
  ...checkPackages(),
  ...checkSdk(),
  ...(await checkBundle()),
]
for (const failure of failures) console.error(`✗ ${failure}`)
console.log(failures.length === 0 ? 'All checks passed.' : `${failures.length} checks failed.`)
process.exitCode = failures.length === 0 ? 0 : 1
