import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Prints how many tests passed and failed, by Vitest's JSON reports in a directory. Fails when there is none. */
const directory = process.argv[2] ?? '.'
const reports = readdirSync(directory).map(name => JSON.parse(readFileSync(join(directory, name), 'utf8')))
const sum = field => reports.reduce((total, report) => total + report[field], 0)
// A file that could not be loaded has no tests, and is a failure all the same.
const unloaded = reports.flatMap(({ testResults }) => testResults).filter(file => isUnloaded(file)).length

function isUnloaded({ status, assertionResults }) {
  return status === 'failed' && assertionResults.length === 0
}

console.log(`${sum('numPassedTests')} passed, ${sum('numFailedTests') + unloaded} failed`)
if (reports.length === 0) process.exitCode = 1
