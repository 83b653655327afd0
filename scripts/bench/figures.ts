/** What must be reached: at least, at most, or only told. */
export type Aim = { least: number } | { most: number } | undefined

export type Figure = { name: string; aim: Aim; measured: number; unit: string; note?: string }

const shown = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()

const aimText = (aim: Aim, unit: string) => {
  if (aim === undefined) return ''
  return 'least' in aim ? `≥ ${shown(aim.least)} ${unit}` : `≤ ${shown(aim.most)} ${unit}`
}

function verdictOf({ aim, measured }: Figure): string {
  if (aim === undefined) return ''
  return ('least' in aim ? measured >= aim.least : measured <= aim.most) ? 'ok' : 'MISSED'
}

export function printHeading(): void {
  console.log(`${'figure'.padEnd(58)} ${'aim'.padStart(12)} ${'measured'.padStart(14)}`)
}

export function printFigure(figure: Figure): void {
  const { name, aim, measured, unit, note = '' } = figure
  const columns = [name.padEnd(58), aimText(aim, unit).padStart(12), `${shown(measured)} ${unit}`.padStart(14)]
  console.log(`${columns.join(' ')}  ${verdictOf(figure).padEnd(6)}  ${note}`.trimEnd())
}

export const missed = (figures: readonly Figure[]) => figures.filter(figure => verdictOf(figure) === 'MISSED').length

export function percentile(values: readonly number[], share = 0.5): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
