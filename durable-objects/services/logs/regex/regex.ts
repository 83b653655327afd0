import { type Instruction, programOf } from './program.ts'
import { expressionOf, type Node, readSyntax } from './syntax.ts'

/**
 * A regular expression of a caller's, asked about texts of a caller's: no pair of them may hold the object up. What a
 * native expression surely does quickly it does; the rest is simulated, in time that grows only linearly with the text.
 */
export type Regex = {
  test(text: string): boolean
  /** The text of each named group; undefined when nothing matches. */
  groups(text: string): Record<string, string> | undefined
  /** The names of its groups. */
  names: string[]
  /** How much work a character of a text may be. */
  weight: number
}

/** Reads an expression (`(?i)` in front ignores case); undefined when it is none, or not one of the supported kind. */
export function regexOf(source: string): Regex | undefined {
  const syntax = readSyntax(source)
  const program = syntax && programOf(syntax.node)
  const ignoreCase = source.startsWith('(?i)')
  const native = expressionOf((ignoreCase ? source.slice(4) : source).replaceAll('(?P<', '(?<'), ignoreCase ? 'i' : '')
  if (!syntax || !program || !native) return undefined
  const { names, node } = syntax
  const groups = (text: string) => {
    if (isCheap(node, text.length)) {
      const found = native.exec(text)
      return found ? { ...found.groups } : undefined
    }
    const slots = run(program, text, true)
    return slots && namedGroups(names, slots, text)
  }
  const test = (text: string) =>
    isCheap(node, text.length) ? native.test(text) : run(program, text, false) !== undefined
  return { test, groups, names: names.filter(name => name !== undefined), weight: 1 + program.length / 16 }
}

/** Steps of backtracking that are no matter. */
const CHEAP = 200_000

function isCheap(node: Node, length: number): boolean {
  return (length + 1) * ways(node, length) <= CHEAP
}

/** At most so many ways are there for a node to match in a text. */
function ways(node: Node, length: number): number {
  switch (node.kind) {
    case 'set':
    case 'assert':
      return 1
    case 'group':
      return ways(node.body, length)
    case 'all':
      return node.parts.reduce((product, part) => product * ways(part, length), 1)
    case 'any':
      return node.options.reduce((sum, option) => sum + ways(option, length), 0)
    case 'repeat': {
      const times = Math.min(node.max, length)
      const inner = ways(node.body, length)
      return inner === 1 ? Math.max(1, times - Math.min(node.min, times) + 1) : (inner + 1) ** times
    }
  }
}

type Slots = (number | undefined)[]
type Thread = { at: number; slots: Slots }

/** Runs all ways of matching side by side, the preferred first, character by character. */
function run(program: Instruction[], text: string, capture: boolean): Slots | undefined {
  const marks = new Int32Array(program.length).fill(-1)
  const matchIn = (threads: Thread[]) => threads.findIndex(({ at }) => program[at]?.op === 'match')
  let threads: Thread[] = []
  let found: Slots | undefined
  for (let position = 0; position <= text.length && !(found && threads.length === 0); position++) {
    const step: Step = { program, marks, text, position, capture }
    const moved: Thread[] = []
    for (const { at, slots } of threads) {
      const instruction = program[at]
      if (instruction?.op !== 'take' || !instruction.accepts(text[position - 1] ?? '')) continue
      follow(step, { at: instruction.next, slots }, moved)
    }
    // What begins further left wins over what would begin here.
    if (!found && matchIn(moved) < 0) follow(step, { at: program.length - 1, slots: [] }, moved)
    const match = matchIn(moved)
    if (match >= 0) found = moved[match]?.slots
    if (found && !capture) return found
    threads = match >= 0 ? moved.slice(0, match) : moved
  }
  return found
}

type Step = { program: Instruction[]; marks: Int32Array; text: string; position: number; capture: boolean }

/** Follows what takes no character, in order of preference, to the instructions that do. */
function follow({ program, marks, text, position, capture }: Step, start: Thread, to: Thread[]): void {
  const open = [start]
  for (let thread = open.pop(); thread; thread = open.pop()) {
    const instruction = program[thread.at]
    if (!instruction || marks[thread.at] === position) continue
    marks[thread.at] = position
    const { slots } = thread
    if (instruction.op === 'fork') open.push({ at: instruction.other, slots }, { at: instruction.next, slots })
    else if (instruction.op === 'save') {
      open.push({ at: instruction.next, slots: capture ? saved(slots, instruction.slot, position) : slots })
    } else if (instruction.op === 'assert') {
      if (instruction.holds(text, position)) open.push({ at: instruction.next, slots })
    } else to.push(thread)
  }
}

function saved(slots: Slots, slot: number, position: number): Slots {
  const copy = slots.slice()
  copy[slot] = position
  return copy
}

function namedGroups(names: (string | undefined)[], slots: Slots, text: string): Record<string, string> {
  const groups: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const [from, to] = [slots[index * 2], slots[index * 2 + 1]]
    if (name !== undefined && from !== undefined && to !== undefined) groups[name] = text.slice(from, to)
  }
  return groups
}
