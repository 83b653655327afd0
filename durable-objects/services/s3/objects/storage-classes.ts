import { AwsError } from '../../../../aws/errors.ts'

const CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]

/** Classes whose objects must be restored before they can be read. */
const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE']

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html */
export function checkStorageClass(name: string | undefined): string {
  if (name === undefined) return 'STANDARD'
  if (CLASSES.includes(name)) return name
  const message = 'The storage class you specified is not valid'
  throw new AwsError('InvalidStorageClass', message, 400, { StorageClassRequested: name })
}

export function isArchived(storageClass: string): boolean {
  return ARCHIVED.includes(storageClass)
}

/** The header is left out for the standard class. */
export function shownClass(storageClass: string): string | undefined {
  return storageClass === 'STANDARD' ? undefined : storageClass
}
