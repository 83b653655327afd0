export {
  CloudWatchClient,
  EventsClient,
  LambdaClient,
  S3Client,
  SchedulerClient,
  SnsClient,
  SqsClient,
} from './clients.ts'
export {
  ClockClient,
  type CreatedFakeCloud,
  IamClient,
  JournalClient,
  type NamespaceOptions,
  NamespacesClient,
} from './control.ts'
export { FakeCloud, type FakeCloudOptions, type StartedFakeCloud, type StartOptions } from './fakecloud.ts'
export { FakeCloudError } from './http.ts'
export * from './logs.ts'
export type * from './types.ts'
