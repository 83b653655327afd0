import type { NamespaceObject } from './namespace/namespace.ts'
import type { ServiceObject } from './object/service-object.ts'

/** The bindings of wrangler.toml, and the settings that the launcher passes as text. */
export type Env = {
  OBJECTS: DurableObjectNamespace<ServiceObject>
  NAMESPACES: DurableObjectNamespace
  LOADER: WorkerLoader
  ASSETS: Fetcher
  /** The isolate host: this Worker's own entrypoint on the edge, a pool of processes behind the launcher locally. */
  ISOLATES: Fetcher
  /** This Worker itself, for calls that come out of functions. */
  EMULATOR: Fetcher
  /** Signs session tokens and marks requests that come from inside; without it a development default is used. */
  FAKECLOUD_SECRET?: string
  /** Set by the launcher, whose front alone says it: the Worker's own port serves nobody else. */
  FAKECLOUD_INSIDE?: string
  FAKECLOUD_REGION?: string
  FAKECLOUD_ACCOUNT_ID?: string
  FAKECLOUD_MAX_REQUEST_BODY_BYTES?: string
  FAKECLOUD_EXTERNAL_URL?: string
  /** The domain under which `<namespace>.<domain>` addresses a namespace. */
  FAKECLOUD_HOST?: string
  FAKECLOUD_IAM?: string
  FAKECLOUD_VERIFY_SIGV4?: string
  /** The secret of the account root's keys, of `test` and of 12-digit ones; `test` when it is not set. */
  FAKECLOUD_ROOT_SECRET?: string
  /** The role whose credentials `/_fakecloud/credentials` gives. */
  FAKECLOUD_CREDENTIALS_ROLE_ARN?: string
  FAKECLOUD_LAMBDA_INTERNET?: string
  FAKECLOUD_VERSION?: string
  FAKECLOUD_PORT?: string
}

export type { NamespaceObject }
