import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { services } from '../../durable-objects/services/index.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Tests in test/services that are of no one service: of what stands before and around all of them. */
const AROUND = ['admin', 'clock', 'front', 'journal', 'launcher', 'namespaces', 'routing', 'sdk', 'wrangler']

/** A row of README's table of services: its name in AWS's models, and how far it is. */
type Row = { service: string; state: string }

/** What disagrees between the list of services, their folders, models, tests and README's table. */
export async function checkServices(): Promise<string[]> {
  const listed = Object.keys(services)
  return [
    ...listed.flatMap(missingFiles),
    ...foldersOf('durable-objects/services')
      .filter(name => !listed.includes(name))
      .map(name => `durable-objects/services/${name} is in no line of durable-objects/services/index.ts`),
    ...strayTests(listed),
    ...checkReadme(listed),
  ]
}

function missingFiles(service: string): string[] {
  const wanted = [`durable-objects/services/${service}/${service}.ts`, `aws/models/${service}.table.ts`]
  const missing = wanted.filter(path => !existsSync(join(ROOT, path))).map(path => `${service} has no ${path}`)
  const tested = testFiles().some(name => isOf(name, service))
  return tested ? missing : [...missing, `${service} has no test/services/${service}.test.ts`]
}

function strayTests(listed: string[]): string[] {
  return testFiles()
    .filter(name => ![...listed, ...AROUND].some(subject => isOf(name, subject)))
    .map(name => `test/services/${name} is of no service that is listed`)
}

const isOf = (file: string, subject: string) => file === `${subject}.test.ts` || file.startsWith(`${subject}-`)

function checkReadme(listed: string[]): string[] {
  const path = join(ROOT, 'README.md')
  if (!existsSync(path)) return ['README.md is missing']
  const text = readFileSync(path, 'utf8')
  const rows = rowsOf(text)
  const built = rows.filter(row => row.state !== 'not yet').map(row => row.service)
  return [
    ...listed.filter(service => !built.includes(service)).map(service => `README.md has no row for ${service}`),
    ...built.filter(service => !listed.includes(service)).map(service => `README.md says that ${service} is there`),
    ...rows.filter(row => !STATES.includes(row.state)).map(row => `README.md says of ${row.service}: ${row.state}`),
    ...brokenLinks(text),
  ]
}

const STATES = ['works', 'partly', 'not yet']

/** The rows under `## Services`: `| Amazon SQS | \`sqs\` | works | … |`. */
function rowsOf(text: string): Row[] {
  const section = text.split(/^## /m).find(part => part.startsWith('Services')) ?? ''
  return [...section.matchAll(/^\|[^|]*\|\s*`([\w-]+)`\s*\|\s*([^|]*?)\s*\|/gm)].map(
    ([, service = '', state = '']) => ({
      service,
      state,
    }),
  )
}

/** Links to files of the repository that are not there: the tests that stand behind a promise, above all. */
function brokenLinks(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => target)
  return targets
    .filter(target => !/^[a-z]+:/.test(target) && !existsSync(join(ROOT, target)))
    .map(target => `README.md links to ${target}, which is not there`)
}

function foldersOf(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
}

function testFiles(): string[] {
  return readdirSync(join(ROOT, 'test/services')).filter(name => name.endsWith('.test.ts'))
}
