import { faulty } from './faults.ts'
import type { Message } from './messages.ts'
import type { Target } from './operations.ts'
import type { Random } from './random.ts'
import { chunkedUpload } from './streaming.ts'
import { type Known, validInput } from './values.ts'
import { damaged } from './wire-faults.ts'
import { messageFor } from './wire-forms.ts'

/** A request, what it was made to be, and what its refusal must look like. */
export type Case = {
  title: string
  message: Message
  /** Whom it is for is not in doubt: a refusal must come in that operation's form. */
  target: Target | undefined
  /** It is for no service's API, and is refused as browsers and others want it. */
  door?: true
}

export type Made = { target: Target; random: Random; known: Known }

/** Waits of long polls would be the run's own. */
const WAITS = ['WaitTimeSeconds', 'waitTimeSeconds']

/** One request for an operation: as the model allows it, with wrong values, or damaged on the wire. */
export function caseOf(made: Made): Case {
  const { target, random } = made
  const choice = random.next()
  const upload = isUpload(target) && random.chance(0.3)
  if (choice < 0.3) return upload ? uploadCase(made) : validCase(made)
  if (choice < 0.75) return faultyCase(made)
  const { message, title } = upload ? uploadCase(made) : random.chance(0.7) ? validCase(made) : faultyCase(made)
  const done = damaged(message, random)
  return { title: `${title}, ${done.fault}`, message: done.message, target: undefined }
}

const isUpload = ({ model, operation }: Target) =>
  model.name === 's3' && ['PutObject', 'UploadPart'].includes(operation.name)

const titleOf = ({ model, operation, form }: Target) => `${model.name}.${operation.name} (${form})`

export function emptyCase(target: Target): Case {
  return { title: `${titleOf(target)} empty`, message: messageFor(target, {}), target }
}

function validCase({ target, random, known }: Made): Case {
  const input = inputOf({ target, random, known })
  return { title: `${titleOf(target)} valid`, message: messageFor(target, input), target }
}

export function faultyCase({ target, random, known }: Made): Case {
  const { input: shape } = target.operation
  if (!shape) return { title: `${titleOf(target)} with input`, message: messageFor(target, { x: [1] }), target }
  const { input, fault } = faulty(shape, inputOf({ target, random, known }), random)
  return { title: `${titleOf(target)} ${fault}`, message: messageFor(target, input), target }
}

function inputOf({ target, random, known }: Made): Record<string, unknown> {
  const { input: shape } = target.operation
  if (!shape) return {}
  const input = validInput(shape, { random, known })
  for (const name of WAITS) if (name in input) input[name] = random.int(0, 1)
  return input
}

function uploadCase({ target, random, known }: Made): Case {
  const { message, fault } = chunkedUpload(messageFor(target, inputOf({ target, random, known })), random)
  return { title: `${titleOf(target)} aws-chunked ${fault}`, message, target }
}
