import type { Operations } from '../../../aws/models/ec2.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { ec2Access } from './access.ts'
import { remove } from './resources.ts'
import { guarded } from './guard.ts'
import { migrations } from './schema.ts'
import * as addresses from './addresses.ts'
import * as dhcpOptions from './dhcp-options.ts'
import * as endpoints from './endpoints.ts'
import * as firstUse from './first-use.ts'
import * as gateways from './gateways.ts'
import * as natGateways from './nat-gateways.ts'
import * as networkAcls from './network-acls.ts'
import * as networkInterfaces from './network-interfaces.ts'
import * as peerings from './peerings.ts'
import * as prefixLists from './prefix-lists.ts'
import * as routeTables from './route-tables.ts'
import * as securityGroupRules from './security-group-rules.ts'
import * as securityGroups from './security-groups.ts'
import * as subnets from './subnets.ts'
import * as tags from './tags.ts'
import * as vpcs from './vpcs.ts'
import * as zones from './zones.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    ec2: Operations
  }
}

/* EC2's network. Known gaps and choices:
 * - There are no instances, and nothing routes or filters packets. Operations of instances, images, VPNs, transit gateways
 *   and the rest answer 501 by their names; so does peering with another account or region.
 * - What AWS does within minutes is done at once. What was deleted and AWS still shows is shown for an hour.
 * - Quotas are what AWS can raise them to; of elastic IP addresses there are 400, from the blocks of documentation.
 * - Zone ids are not shuffled. Local routes keep their target. The newest five versions of a prefix list are kept.
 */

export const ec2: ServiceDefinition = {
  operations: guarded(
    operationsOf(
      'ec2',
      addresses,
      dhcpOptions,
      endpoints,
      firstUse,
      gateways,
      natGateways,
      networkAcls,
      networkInterfaces,
      peerings,
      prefixLists,
      routeTables,
      securityGroupRules,
      securityGroups,
      subnets,
      tags,
      vpcs,
      zones,
    ),
  ),
  migrations,
  timers: { expire: peerings.expire, forget: remove },
  onCreate: firstUse.makeDefaults,
  access: ec2Access,
  tagConditions: () => ['aws:ResourceTag', 'ec2:ResourceTag'],
  dialect: 'query',
  wire: { validation: false },
}
