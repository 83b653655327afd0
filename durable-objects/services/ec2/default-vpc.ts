import { AwsError } from '../../../aws/errors.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { all, find, peek } from './resources.ts'
import type { Kinds } from './schema.ts'

export const defaultVpc = (ctx: Ctx) => all(ctx, 'vpc').find(({ IsDefault }) => IsDefault)

/** @throws AwsError */
export function defaultVpcId(ctx: Ctx): string {
  const vpc = defaultVpc(ctx)
  if (!vpc) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user')
  return vpc.VpcId
}

/** The VPC that a request names, or the default one. */
export const vpcOrDefault = (ctx: Ctx, id: string | undefined): Kinds['vpc'] =>
  find(ctx, 'vpc', id ?? defaultVpcId(ctx))

export const dnsHostnames = (ctx: Ctx, id: string) => peek(ctx, 'vpc', id)?.attributes.EnableDnsHostnames === true
