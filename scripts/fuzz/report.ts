import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Breach } from './lane.ts'

/** Says each kind of breach once, and writes its request where `--replay` finds it. */
export function reportBreaches(breaches: readonly Breach[], directory: string): void {
  if (breaches.length === 0) return
  mkdirSync(directory, { recursive: true })
  for (const [i, alike] of [...Map.groupBy(breaches, kindOf).values()].entries()) {
    const [first] = alike
    if (first === undefined) continue
    const file = join(directory, `breach-${i + 1}.bin`)
    writeFileSync(file, first.request)
    console.log(`\nBREACH (${alike.length}×) ${first.title.slice(0, 300)}\n  ${first.what.slice(0, 400).trim()}`)
    if (first.printed !== '') console.log(indented(first.printed))
    console.log(`  again: npm run fuzz -- --replay ${file}`)
  }
}

/** Breaches of one operation that look alike are one. */
function kindOf({ title, what }: Breach): string {
  return `${title.split(' ', 2).join(' ')} ${what.replace(/[0-9a-fA-F-]{8,}|\d+/g, '#').slice(0, 60)}`
}

const indented = (text: string) =>
  text
    .trim()
    .split('\n')
    .slice(0, 6)
    .map(line => `  | ${line.slice(0, 300)}`)
    .join('\n')
