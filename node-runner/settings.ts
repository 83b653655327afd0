import { availableParallelism } from 'node:os'
import * as z from 'zod/mini'
import { proxiesOf } from './front/peer.ts'
import { LEVELS } from './log.ts'

const DEFAULT_ADDRESS = '0.0.0.0:4566'
const GIBIBYTE = 1024 ** 3
/** Each worker has some eighty megabytes. */
const MOST_WORKERS = 64
const DEFAULT_MOST_WORKERS = 4

const address = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const [, host, port] = /^(.*):(\d{1,5})$/.exec(text) ?? []
    if (host !== undefined && Number(port) <= 65_535)
      return { host: unbracketed(host) || '0.0.0.0', port: Number(port) }
    context.issues.push({ code: 'custom', message: 'expected HOST:PORT, where port 0 takes a free one', input: text })
    return z.NEVER
  }),
)

const unbracketed = (host: string) => host.replace(/^\[(.*)\]$/, '$1')

/** Filters such as `info,hyper=warn` are taken by their first level. */
const level = z.pipe(
  z.pipe(
    z.string(),
    z.transform(
      text =>
        text
          .toLowerCase()
          .split(',')
          .find(part => !part.includes('=')) ?? '',
    ),
  ),
  oneOf(LEVELS),
)

function oneOf<const T extends readonly string[]>(values: T) {
  return z.enum(values, `expected ${values.join(', ')}`)
}

const proxies = z.pipe(
  z.string(),
  z.transform((text, context) => {
    try {
      proxiesOf(text)
      return text
    } catch (error) {
      context.issues.push({ code: 'custom', message: error instanceof Error ? error.message : '', input: text })
      return z.NEVER
    }
  }),
)

const matching = (pattern: RegExp, error: string) => z.string().check(z.regex(pattern, error))

const ONE_OR_MORE = `expected a number from 1 to ${MOST_WORKERS}`

/** Every setting: its variable, its flag, and what it may be. */
const SETTINGS = {
  addr: { env: 'FAKECLOUD_ADDR', schema: z.prefault(address, DEFAULT_ADDRESS) },
  region: {
    env: 'FAKECLOUD_REGION',
    schema: z._default(matching(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'expected an AWS region'), 'us-east-1'),
  },
  'account-id': {
    env: 'FAKECLOUD_ACCOUNT_ID',
    schema: z._default(matching(/^\d{12}$/, 'expected 12 digits'), '123456789012'),
  },
  'log-level': { env: 'FAKECLOUD_LOG', schema: z.prefault(level, 'info') },
  persist: { env: 'FAKECLOUD_DATA_PATH', schema: z.optional(z.string()) },
  'storage-mode': { env: 'FAKECLOUD_STORAGE_MODE', schema: z.optional(oneOf(['memory', 'persistent'])) },
  iam: { env: 'FAKECLOUD_IAM', schema: z._default(oneOf(['off', 'soft', 'strict']), 'off') },
  'verify-sigv4': { env: 'FAKECLOUD_VERIFY_SIGV4', schema: z._default(z.stringbool('expected true or false'), false) },
  'external-url': {
    env: 'FAKECLOUD_EXTERNAL_URL',
    schema: z.optional(z.url({ protocol: /^https?$/, error: 'expected a URL such as https://fakecloud.example' })),
  },
  'max-request-body-bytes': {
    env: 'FAKECLOUD_MAX_REQUEST_BODY_BYTES',
    schema: z._default(z.coerce.number('expected a number of bytes').check(z.int(), z.positive()), GIBIBYTE),
  },
  'lambda-internet': { env: 'FAKECLOUD_LAMBDA_INTERNET', schema: z._default(oneOf(['on', 'off']), 'on') },
  workers: {
    env: 'FAKECLOUD_WORKERS',
    schema: z._default(
      z.coerce
        .number(ONE_OR_MORE)
        .check(z.int(ONE_OR_MORE), z.minimum(1, ONE_OR_MORE), z.maximum(MOST_WORKERS, ONE_OR_MORE)),
      Math.min(availableParallelism(), DEFAULT_MOST_WORKERS),
    ),
  },
  host: { env: 'FAKECLOUD_HOST', schema: z.optional(z.string()) },
  'allowed-hosts': {
    env: 'FAKECLOUD_ALLOWED_HOSTS',
    schema: z.optional(
      matching(
        /^ *(?:\*\.)?[\w.-]+ *(?:, *(?:\*\.)?[\w.-]+ *)*$/,
        'expected hosts such as fakecloud.example,*.ci.example',
      ),
    ),
  },
  'trusted-proxies': { env: 'FAKECLOUD_TRUSTED_PROXIES', schema: z.optional(proxies) },
  secret: {
    env: 'FAKECLOUD_SECRET',
    schema: z.optional(matching(/^[!-~]{16,}$/, 'expected 16 letters, digits and signs, or more')),
  },
} as const

type Name = keyof typeof SETTINGS
type Parsed = { [name in Name]: z.output<(typeof SETTINGS)[name]['schema']> }

/** What an emulator is started with. */
export type Settings = {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Where state is kept; without it, state goes when the emulator stops. */
  dataPath?: string | undefined
  region: string
  accountId: string
  logLevel: Parsed['log-level']
  /** Whether denials of IAM are nothing, noted, or meant. */
  iam: Parsed['iam']
  verifySigv4: boolean
  /** The root of the URLs that the emulator gives out, where clients reach it by another. */
  externalUrl?: string | undefined
  maxRequestBodyBytes: number
  /** Whether functions reach hosts that are not AWS's. */
  lambdaInternet: Parsed['lambda-internet']
  /** Processes over which namespaces are spread, each started when one needs it. */
  workers: number
  /** The domain under which `<namespace>.<domain>` addresses a namespace. */
  domain?: string | undefined
  /** Further hosts by which its own endpoints may be asked on a developer's machine. */
  allowedHosts?: string | undefined
  /** Addresses and CIDR blocks of the proxies whose X-Forwarded-* headers are taken. */
  trustedProxies?: string | undefined
  /** Makes it a hosted emulator: its own endpoints are for who shows this, or a key of a namespace's root. */
  secret?: string | undefined
}

/** Some of the settings; the others have their defaults. */
export type EmulatorOptions = { [name in keyof Settings]?: Settings[name] | undefined }

/** A setting that cannot be; the message names its flag and its variable. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings'
}

export type Flags = { [name in Name]?: string | undefined }

const NAMES = Object.keys(SETTINGS) as Name[] // the table's own keys

/** The flags of the command line by their names, as `parseArgs` wants them. A secret is no flag: everybody sees those. */
export const FLAG_NAMES = NAMES.filter(name => name !== 'secret')

/**
 * Settings by flag, else by variable, else the default. An empty variable counts as none.
 * @throws InvalidSettings
 */
export function readSettings(flags: Flags, env: Record<string, string | undefined>): Settings {
  const read = (name: Name): unknown => {
    const { env: variable, schema } = SETTINGS[name]
    const given = flags[name] ?? (env[variable] || undefined)
    const { success, data, error } = schema.safeParse(given)
    if (success) return data
    const source = flags[name] === undefined ? variable : `--${name}`
    const shown = name === 'secret' ? 'no good' : JSON.stringify(given)
    throw new InvalidSettings(`${source} is ${shown}: ${error.issues[0]?.message}`)
  }
  const parsed = Object.fromEntries(NAMES.map(name => [name, read(name)])) as Parsed // each by its own schema
  return { ...parsed.addr, ...rest(parsed), dataPath: dataPathOf(parsed) }
}

/**
 * Settings of an emulator that is started from a program: the defaults where nothing is said.
 * @throws InvalidSettings
 */
export function withDefaults(options: EmulatorOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return readSettings(flagsOf({ ...readSettings({}, {}), ...given }), {})
}

/** The arguments that say these settings, all but the secret: that goes by its variable. */
export function argumentsFor(settings: Settings): string[] {
  const { 'verify-sigv4': verify, secret: _secret, ...flags } = flagsOf(settings)
  const given = Object.entries(flags).filter(([, value]) => value !== undefined)
  return [...given.map(([name, value]) => `--${name}=${value}`), ...(verify === 'true' ? ['--verify-sigv4'] : [])]
}

function flagsOf(settings: Settings): Flags {
  return {
    addr: `${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`,
    persist: settings.dataPath,
    region: settings.region,
    'account-id': settings.accountId,
    'log-level': settings.logLevel,
    iam: settings.iam,
    'verify-sigv4': String(settings.verifySigv4),
    'external-url': settings.externalUrl,
    'max-request-body-bytes': String(settings.maxRequestBodyBytes),
    'lambda-internet': settings.lambdaInternet,
    workers: String(settings.workers),
    host: settings.domain,
    'allowed-hosts': settings.allowedHosts,
    'trusted-proxies': settings.trustedProxies,
    secret: settings.secret,
  }
}

function rest(parsed: Parsed): Omit<Settings, 'host' | 'port' | 'dataPath'> {
  return {
    region: parsed.region,
    accountId: parsed['account-id'],
    logLevel: parsed['log-level'],
    iam: parsed.iam,
    verifySigv4: parsed['verify-sigv4'],
    externalUrl: parsed['external-url'],
    maxRequestBodyBytes: parsed['max-request-body-bytes'],
    lambdaInternet: parsed['lambda-internet'],
    workers: parsed.workers,
    domain: parsed.host,
    allowedHosts: parsed['allowed-hosts'],
    trustedProxies: parsed['trusted-proxies'],
    secret: parsed.secret,
  }
}

function dataPathOf({ persist, 'storage-mode': mode }: Parsed): string | undefined {
  if (mode === 'persistent' && persist === undefined) {
    throw new InvalidSettings(
      'FAKECLOUD_STORAGE_MODE is "persistent", which needs a directory: --persist DIR or FAKECLOUD_DATA_PATH',
    )
  }
  return mode === 'memory' ? undefined : persist
}
