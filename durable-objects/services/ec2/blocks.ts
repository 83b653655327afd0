import { AwsError } from '../../../aws/errors.ts'
import { type Cidr, cidrText, overlaps, parseCidr } from './cidr.ts'
import { invalid } from './refusals.ts'

/** A block that a parameter has. @throws AwsError InvalidParameterValue */
export function blockOf(parameter: string, text: string, v6 = false): Cidr {
  const block = parseCidr(text)
  if (block?.v6 === v6) return block
  throw invalid(
    `Value (${text}) for parameter ${parameter} is invalid. This is not a valid ${v6 ? 'IPv6 ' : ''}CIDR block.`,
  )
}

/** In AWS's canonical form. */
export const canonical = (parameter: string, text: string, v6 = false) => cidrText(blockOf(parameter, text, v6))

/** A block of 16 to 65,536 addresses. @throws AwsError `InvalidVpc.Range` */
export function sized(kind: 'Vpc' | 'Subnet', text: string): string {
  const block = blockOf('cidrBlock', text)
  if (block.bits < 16 || block.bits > 28) throw new AwsError(`Invalid${kind}.Range`, `The CIDR '${text}' is invalid.`)
  return cidrText(block)
}

/** Whether two blocks, as they were stored, have addresses in common. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parseCidr(a), parseCidr(b)]
  return first !== undefined && second !== undefined && overlaps(first, second)
}
