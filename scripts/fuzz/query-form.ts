import type { Member, Shape, Structure } from '../../aws/wire/shapes.ts'
import { MEMBER } from '../../aws/wire/table.ts'
import { isPlain } from './faults.ts'
import { plainText } from './wire-forms.ts'

type Pair = [name: string, value: string]

/** Parameters of a Query form for an input; values that are not as the model has them go as they best can. */
export function queryForm(shape: Structure | undefined, input: unknown, form: 'query' | 'ec2'): Pair[] {
  if (!isPlain(input)) return [['input', plainText(input)]]
  return Object.entries(input).flatMap(([name, value]) => {
    const member = shape?.members.find(each => each.name === name)
    return memberPairs(nameOf(member, name, form), member, { value, form })
  })
}

const nameOf = (member: Member | undefined, name: string, form: 'query' | 'ec2') => {
  const wire = member?.xml ?? name
  return form === 'ec2' ? wire.charAt(0).toUpperCase() + wire.slice(1) : wire
}

type Given = { value: unknown; form: 'query' | 'ec2' }

function memberPairs(prefix: string, member: Member | undefined, given: Given): Pair[] {
  const flat = given.form === 'ec2' || ((member?.flags ?? 0) & MEMBER.flattened) !== 0
  return valuePairs(prefix, member?.shape, { ...given, flat, member })
}

type Inner = Given & { flat?: boolean; member?: Member | undefined }

function valuePairs(prefix: string, shape: Shape | undefined, given: Inner): Pair[] {
  const { value, form, flat, member } = given
  if (Array.isArray(value)) {
    const item = shape?.kind === 'list' ? shape.member : undefined
    const itemName = (shape?.kind === 'list' && shape.itemName) || member?.extra.item || 'member'
    const base = flat ? prefix : `${prefix}.${itemName}`
    return value.flatMap((each, i) => valuePairs(`${base}.${i + 1}`, item, { value: each, form }))
  }
  if (!isPlain(value)) return value === null || value === undefined ? [] : [[prefix, plainText(value)]]
  if (shape?.kind === 'map') {
    const [keyName, valueName] = [
      member?.extra.kn ?? shape.keyName ?? 'key',
      member?.extra.vn ?? shape.valueName ?? 'value',
    ]
    const base = flat ? prefix : `${prefix}.entry`
    return Object.entries(value).flatMap(([key, each], i): Pair[] => [
      [`${base}.${i + 1}.${keyName}`, key],
      ...valuePairs(`${base}.${i + 1}.${valueName}`, shape.value, { value: each, form }),
    ])
  }
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = shape?.kind === 'structure' ? shape.members.find(own => own.name === key) : undefined
    return memberPairs(`${prefix}.${nameOf(inner, key, form)}`, inner, { value: each, form })
  })
}
