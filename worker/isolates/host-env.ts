/** What the isolate host is bound to: on the edge a part of the Worker's own bindings, locally those of a pool process. */
export type HostEnv = {
  LOADER: WorkerLoader
  /** The runtime of the sandboxes and the AWS SDK, as static files. */
  ASSETS: Fetcher
  EMULATOR: Fetcher
  FAKECLOUD_SECRET?: string
  /** Set in a pool process, whose port others on the machine can reach: only who says it is served. */
  FAKECLOUD_INSIDE?: string
  FAKECLOUD_PORT?: string
  /** The domain under which `<namespace>.<domain>` addresses the emulator. */
  FAKECLOUD_HOST?: string
  FAKECLOUD_EXTERNAL_URL?: string
  /** Set in a pool process, whose workerd may use what the edge does not have. */
  FAKECLOUD_LOCAL_ISOLATES?: string
}

/** Where the build puts the files of the sandboxes, under the assets' root. */
export const RUNTIME_ASSET = '/isolates/runtime.js'
export const SDK_ASSETS = '/aws-sdk'
