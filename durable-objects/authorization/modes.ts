import { type Env, verifiesAll } from '../kernel/env.ts'
import { isAccount } from '../../aws/arn.ts'
import type { IamMode, NamespaceSettings } from '../kernel/namespace/namespace-stub.ts'

/** What is checked of who calls: the deployment's settings, and a namespace's own over them. */
export type Modes = {
  /** `soft` journals what would be denied, and lets it pass. */
  iam: IamMode
  verify: boolean
  /** The namespace's own key, where it has one. */
  rootKey: string | undefined
  /** The secret of the account root's keys: of 12-digit ones, of `test`, of the namespace's own. */
  rootSecret: string
}

/** The secret of root's keys where neither the namespace nor FAKECLOUD_ROOT_SECRET has another. */
const ROOT_SECRET = 'test'

export function modesOf(env: Env, settings: Partial<NamespaceSettings>): Modes {
  const { credentials } = settings
  return {
    iam: settings.iam ?? iamOf(env.FAKECLOUD_IAM),
    verify: settings.verifySigv4 ?? verifiesAll(env),
    rootKey: credentials?.accessKeyId,
    rootSecret: credentials?.secretAccessKey ?? (env.FAKECLOUD_ROOT_SECRET || ROOT_SECRET),
  }
}

function iamOf(text: string | undefined): IamMode {
  const mode = text?.toLowerCase()
  return mode === 'soft' || mode === 'strict' ? mode : 'off'
}

/** Whether an access key is the account root's: nobody has to make it. */
export function isRootKey(accessKeyId: string, { rootKey }: Modes): boolean {
  return accessKeyId === rootKey || isAccount(accessKeyId) || /^test/i.test(accessKeyId)
}
