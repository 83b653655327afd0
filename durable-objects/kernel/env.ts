import type { NamespaceStub } from './namespace/namespace-stub.ts'
import type { PlaceStub } from './object/stub.ts'

/** The bindings of wrangler.toml, and the settings that the launcher passes as text. */
export type Env = {
  OBJECTS: DurableObjectNamespace<PlaceStub>
  NAMESPACES: DurableObjectNamespace<NamespaceStub>
  LOADER: WorkerLoader
  ASSETS: Fetcher
  /** The isolate host: this Worker's own entrypoint on the edge, a pool of processes behind the launcher locally. */
  ISOLATES: Fetcher
  /** What is outside, where the launcher says what that is: `fetch` knows no hosted machine's own network from it. */
  INTERNET?: Fetcher
  /** This Worker itself, for calls that come out of functions. */
  EMULATOR: Fetcher
  /** Signs session tokens and marks requests that come from inside; without it a development default is used. */
  FAKECLOUD_SECRET?: string
  /** `true` behind the launcher's front, which takes off what clients claim of where they come from and says it itself. */
  FAKECLOUD_FRONT?: string
  /** `true` where the launcher runs it for one developer: the admin endpoints need no secret then. */
  FAKECLOUD_LOCAL?: string
  /** Set by the launcher, whose front alone says it: the Worker's own port serves nobody else. */
  FAKECLOUD_INSIDE?: string
  FAKECLOUD_REGION?: string
  FAKECLOUD_ACCOUNT_ID?: string
  FAKECLOUD_MAX_REQUEST_BODY_BYTES?: string
  FAKECLOUD_EXTERNAL_URL?: string
  /** The domain under which `<namespace>.<domain>` addresses a namespace. */
  FAKECLOUD_HOST?: string
  /** Further hosts by which a developer's own machine is asked at the admin endpoints: names, `*.example`, by commas. */
  FAKECLOUD_ALLOWED_HOSTS?: string
  FAKECLOUD_IAM?: string
  FAKECLOUD_VERIFY_SIGV4?: string
  /** The secret of the account root's keys, of `test` and of 12-digit ones; `test` when it is not set. */
  FAKECLOUD_ROOT_SECRET?: string
  /** The role whose credentials `/_fakecloud/credentials` gives. */
  FAKECLOUD_CREDENTIALS_ROLE_ARN?: string
  FAKECLOUD_LAMBDA_INTERNET?: string
  /** `off`: what a change sets off in its own object goes by the outbox too, as if it were far. */
  FAKECLOUD_NEARBY?: string
  /** `log`: each statement that an object runs is told at the level `debug`. */
  FAKECLOUD_SQL?: string
  FAKECLOUD_VERSION?: string
  FAKECLOUD_PORT?: string
}

/** Whether every namespace verifies; a namespace may do so by its own settings too, which its objects know. */
export function verifiesAll(env: Env): boolean {
  return /^(?:1|true|yes|on)$/i.test(env.FAKECLOUD_VERIFY_SIGV4 ?? '')
}
