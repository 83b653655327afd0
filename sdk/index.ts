export {
  CloudWatchClient,
  EventsClient,
  LambdaClient,
  S3Client,
  SchedulerClient,
  SnsClient,
  SqsClient,
} from './clients.ts'
export { ClockClient, JournalClient, NamespacesClient } from './control.ts'
export { FakeCloud, type StartedFakeCloud, type StartOptions } from './fakecloud.ts'
export { FakeCloudError } from './http.ts'
export type * from './types.ts'
