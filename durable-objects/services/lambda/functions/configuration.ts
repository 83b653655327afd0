import type { In } from '../../../../aws/models/lambda.types.ts'
import { createHash } from 'node:crypto'
import { arnOf } from '../../../../aws/arn.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { constraintError, invalidParameter } from '../errors.ts'
import { checkEnvironment } from './environment.ts'
import type { LayerReference } from '../layers/function-layers.ts'
import { checkRuntime } from './runtimes.ts'
import type { StoredConfiguration } from '../schema.ts'

/** What CreateFunction and UpdateFunctionConfiguration both may say. */
type Settings = Omit<In<'UpdateFunctionConfiguration'>, 'FunctionName' | 'RevisionId' | 'Layers'>

/** Time as Lambda writes it: `2026-01-02T03:04:05.678+0000`. */
export function lambdaDate(now: number): string {
  return new Date(now).toISOString().replace('Z', '+0000')
}

/** The object without its undefined members. */
export function present<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> } // only undefined went
}

/** Checks in AWS's order what the model cannot say of a new or changed configuration. */
export function checkSettings(settings: Settings, runtime: string | undefined): void {
  const managed = settings.CapacityProviderConfig !== undefined
  checkUpTo(settings.MemorySize, managed ? 32_768 : 10_240, 'MemorySize')
  checkUpTo(settings.Timeout, managed ? 5400 : 900, 'Timeout')
  checkUpTo(settings.EphemeralStorage?.Size, 10_240, 'EphemeralStorage.Size')
  if (settings.Runtime !== undefined) checkRuntime(settings.Runtime)
  if (settings.Environment?.Variables) checkEnvironment(settings.Environment.Variables)
  if (
    settings.SnapStart?.ApplyOn === 'PublishedVersions' &&
    !/^(?:java(?:1[17]|2)|python3\.1[2-9]|dotnet)/.test(runtime ?? '')
  ) {
    throw invalidParameter(`${runtime} is not supported for SnapStart enabled functions.`)
  }
}

function checkUpTo(value: number | undefined, most: number, member: string): void {
  if (value === undefined || value <= most) return
  throw invalidParameter(
    `'${member}' value failed to satisfy constraint: Member must have value less than or equal to ${most}`,
  )
}

/** What a package of either kind must and must not come with. */
export function checkPackage(input: In<'CreateFunction'>): void {
  const { Code, Runtime, Handler, Layers, ImageConfig } = input
  if (input.PackageType === 'Image') {
    if (Runtime !== undefined || Handler !== undefined || Layers?.length) {
      throw invalidParameter(
        "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
      )
    }
    if (Code.ZipFile || Code.S3Bucket) {
      throw invalidParameter('Please provide ImageUri when creating a function with packageType Image.')
    }
    if (!Code.ImageUri)
      throw invalidParameter('Please provide ImageUri when creating a function with packageType Image.')
    return
  }
  if (Code.ImageUri)
    throw invalidParameter("Please don't provide ImageUri when creating a function with packageType Zip.")
  if (ImageConfig)
    throw invalidParameter("Please don't provide ImageConfig when creating a function with packageType Zip.")
  if (Runtime === undefined || Handler === undefined) {
    throw invalidParameter(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    )
  }
  if (!Code.ZipFile && !Code.S3Bucket) throw invalidParameter('Please provide a source for function code.')
  if (Code.ZipFile && Code.S3Bucket)
    throw invalidParameter('Please do not provide other FunctionCode parameters when providing a ZipFile.')
}

/** @throws ValidationException */
export function checkArchitectures(architectures: string[] | undefined): void {
  if (!architectures || architectures.every(name => name === 'x86_64' || name === 'arm64')) return
  throw constraintError(
    `[${architectures.join(', ')}]`,
    'architectures',
    'Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]',
  )
}

/** A new function's configuration, its defaults AWS's. */
export function newConfiguration(ctx: Ctx, input: In<'CreateFunction'>, layers: LayerReference[]): StoredConfiguration {
  const base: StoredConfiguration = {
    Role: input.Role,
    Description: '',
    Timeout: 3,
    MemorySize: 128,
    LastModified: lambdaDate(ctx.now),
    PackageType: input.PackageType === 'Image' ? 'Image' : 'Zip',
    Architectures: input.Architectures ?? ['x86_64'],
    TracingConfig: { Mode: 'PassThrough' },
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${input.FunctionName}` },
    ...(input.Code.ImageUri === undefined ? {} : { ImageUri: input.Code.ImageUri }),
    ...present({ TenancyConfig: input.TenancyConfig }),
  }
  return changedConfiguration(ctx, base, { ...input, Layers: layers })
}

const NO_VPC = { SubnetIds: [], SecurityGroupIds: [], Ipv6AllowedForDualStack: false }

/** The configuration with what the settings change; what they do not name stays. */
export function changedConfiguration(
  ctx: Ctx,
  old: StoredConfiguration,
  settings: Settings & { Layers?: LayerReference[] | undefined },
): StoredConfiguration {
  const { Environment, TracingConfig, SnapStart, LoggingConfig, VpcConfig, ImageConfig, Layers } = settings
  const { DeadLetterConfig, Layers: _layers, KMSKeyArn: _key, FileSystemConfigs: _files, ...kept } = old
  const key = settings.KMSKeyArn ?? old.KMSKeyArn
  const files = settings.FileSystemConfigs ?? old.FileSystemConfigs ?? []
  const target = settings.DeadLetterConfig ? settings.DeadLetterConfig.TargetArn : DeadLetterConfig?.TargetArn
  const layers = Layers?.map(layer => ({ Arn: layer.arn, CodeSize: layer.size })) ?? old.Layers ?? []
  return {
    ...kept,
    ...copied(settings),
    ...(settings.Runtime === undefined ? {} : runtimeOf(ctx, settings.Runtime)),
    ...(target ? { DeadLetterConfig: { TargetArn: target } } : {}),
    ...(layers.length > 0 ? { Layers: layers } : {}),
    ...(key ? { KMSKeyArn: key } : {}),
    ...(files.length > 0 ? { FileSystemConfigs: files } : {}),
    ...(Environment ? { Environment: { Variables: Environment.Variables ?? {} } } : {}),
    ...(TracingConfig?.Mode ? { TracingConfig: { Mode: TracingConfig.Mode } } : {}),
    ...(SnapStart ? { SnapStart: { ApplyOn: SnapStart.ApplyOn ?? 'None', OptimizationStatus: 'Off' } } : {}),
    ...(LoggingConfig ? { LoggingConfig: loggingOf(old.LoggingConfig ?? {}, LoggingConfig) } : {}),
    ...(VpcConfig ? { VpcConfig: { ...NO_VPC, ...VpcConfig, VpcId: '' } } : {}),
    ...(ImageConfig ? { ImageConfigResponse: { ImageConfig } } : {}),
    LastModified: lambdaDate(ctx.now),
  }
}

/** The settings that are kept as they are given. */
function copied(settings: Settings) {
  const { Role, Handler, Description, Timeout, MemorySize, EphemeralStorage } = settings
  const { CapacityProviderConfig, DurableConfig } = settings
  return present({
    Role,
    Handler,
    Description,
    Timeout,
    MemorySize,
    EphemeralStorage,
    CapacityProviderConfig,
    DurableConfig,
  })
}

/** AWS names each build of a runtime by a digest; ours has one build a runtime. */
function runtimeOf(ctx: Ctx, runtime: string) {
  const digest = createHash('sha256').update(runtime).digest('hex')
  const RuntimeVersionArn = arnOf({ service: 'lambda', region: ctx.place.region, resource: `runtime:${digest}` })
  return { Runtime: runtime, RuntimeVersionConfig: { RuntimeVersionArn } }
}

type Logging = NonNullable<StoredConfiguration['LoggingConfig']>

/** Levels exist in the JSON format only, where both are INFO unless set. */
function loggingOf(old: Logging, changes: Logging): Logging {
  const { ApplicationLogLevel, SystemLogLevel, ...rest } = { ...old, ...present(changes) }
  if (rest.LogFormat !== 'JSON') return rest
  return { ...rest, ApplicationLogLevel: ApplicationLogLevel ?? 'INFO', SystemLogLevel: SystemLogLevel ?? 'INFO' }
}
