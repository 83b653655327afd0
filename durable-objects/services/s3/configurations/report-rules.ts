import type { IntelligentTieringConfiguration, InventoryConfiguration } from '../../../../aws/models/s3.types.ts'
import { isAccount, parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidArgument, malformedXml } from './configuration-handlers.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html */
export function checkInventory({ Destination }: InventoryConfiguration): void {
  const { Bucket, AccountId } = Destination.S3BucketDestination
  const arn = parseArn(Bucket)
  if (arn?.service !== 's3' || arn.resource === '') {
    throw new AwsError('InvalidS3DestinationBucket', 'Invalid bucket ARN.', 400)
  }
  if (AccountId !== undefined && !isAccount(AccountId)) {
    throw invalidArgument('Invalid AccountId', 'AccountId', AccountId)
  }
}

const WAITS: Record<string, number> = { ARCHIVE_ACCESS: 90, DEEP_ARCHIVE_ACCESS: 180 }
const LONGEST_WAIT = 730

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html */
export function checkTiering({ Tierings }: IntelligentTieringConfiguration): void {
  if (Tierings.length < 1) throw malformedXml()
  const tiers = Tierings.map(({ AccessTier }) => AccessTier)
  if (new Set(tiers).size < tiers.length) throw malformedXml()
  for (const { AccessTier, Days } of Tierings) {
    const least = WAITS[AccessTier] ?? 0
    if (Days < least || Days > LONGEST_WAIT) {
      const message = `'Days' in Tiering for AccessTier '${AccessTier}' must be between ${least} and ${LONGEST_WAIT}`
      throw invalidArgument(message, 'Days', Days)
    }
  }
}
