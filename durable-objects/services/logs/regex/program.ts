import type { Node } from './syntax.ts'

/** An instruction of a regular expression's program; `next` and `other` are indexes into it. */
export type Instruction =
  | { op: 'take'; accepts: (character: string) => boolean; next: number }
  | { op: 'fork'; next: number; other: number }
  | { op: 'save'; slot: number; next: number }
  | { op: 'assert'; holds: (text: string, at: number) => boolean; next: number }
  | { op: 'match' }

/** Work for each character of a text grows with the program, so that it may not grow at will. */
const MAX_INSTRUCTIONS = 500

/** The program of an expression; undefined when its repetitions would make it too long. */
export function programOf(node: Node): Instruction[] | undefined {
  const program: Instruction[] = [{ op: 'match' }, { op: 'save', slot: 1, next: 0 }]
  const body = emit(program, node, 1)
  if (body === undefined) return undefined
  program.push({ op: 'save', slot: 0, next: body })
  return program
}

function push(program: Instruction[], instruction: Instruction): number | undefined {
  return program.length >= MAX_INSTRUCTIONS ? undefined : program.push(instruction) - 1
}

/** Writes a node's instructions, which go on at `next`; answers where they begin. The entry is the last instruction. */
function emit(program: Instruction[], node: Node, next: number): number | undefined {
  switch (node.kind) {
    case 'set':
      return push(program, { op: 'take', accepts: node.accepts, next })
    case 'assert':
      return push(program, { op: 'assert', holds: node.holds, next })
    case 'group':
      return emitGroup(program, node, next)
    case 'all':
      return node.parts.reduceRight<number | undefined>((to, part) => then(to, at => emit(program, part, at)), next)
    case 'any':
      return emitOptions(program, node.options, next)
    case 'repeat':
      return emitRepeat(program, node, next)
  }
}

const then = (at: number | undefined, go: (at: number) => number | undefined) => (at === undefined ? undefined : go(at))

function emitGroup(program: Instruction[], node: Node & { kind: 'group' }, next: number): number | undefined {
  const close = push(program, { op: 'save', slot: node.index * 2 + 1, next })
  const body = then(close, at => emit(program, node.body, at))
  return then(body, at => push(program, { op: 'save', slot: node.index * 2, next: at }))
}

function emitOptions(program: Instruction[], options: Node[], next: number): number | undefined {
  return options.reduceRight<number | undefined>((others, option, index) => {
    const start = emit(program, option, next)
    if (index === options.length - 1) return start
    return then(others, other => then(start, at => push(program, { op: 'fork', next: at, other })))
  }, next)
}

function emitRepeat(program: Instruction[], node: Node & { kind: 'repeat' }, next: number): number | undefined {
  const { body, min, max, lazy } = node
  const fork = (inner: number, outer: number): Instruction =>
    lazy ? { op: 'fork', next: outer, other: inner } : { op: 'fork', next: inner, other: outer }
  let start: number | undefined = next
  if (max === Infinity) {
    // The loop's own fork, filled in once it is known where its body begins.
    const loop = push(program, { op: 'match' })
    const inner = then(loop, at => emit(program, body, at))
    if (loop === undefined || inner === undefined) return undefined
    program[loop] = fork(inner, next)
    start = loop
  } else {
    for (let i = min; i < max; i++) {
      start = then(start, at => then(emit(program, body, at), inner => push(program, fork(inner, next))))
    }
  }
  for (let i = 0; i < min; i++) start = then(start, at => emit(program, body, at))
  return start
}
