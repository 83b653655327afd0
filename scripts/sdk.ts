import { writeFileSync } from 'node:fs'
import { SDK_VIEWS, sdkViews } from './check/sdk.ts'

writeFileSync(SDK_VIEWS, sdkViews())
