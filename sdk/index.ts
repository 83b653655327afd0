export {
  CloudWatchClient,
  EventsClient,
  LambdaClient,
  LogsClient,
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
export { FakeCloudError, type Page, type ViewPage } from './http.ts'
export type * from './types.ts'
export type * from './views.ts'
