/**
 * The compact form of an AWS API model, as `scripts/models` writes it and `model.ts` reads it. Rows are tuples whose
 * trailing defaults are cut; a reference below 16 is a plain scalar, any other is an index into `s` plus 16.
 */
export type Table = {
  m: {
    /** Name of the service here (botocore's). */
    n: string
    /** Service id, `SQS`. */
    id: string
    /** API version, `2012-11-05`. */
    v: string
    /** Wire forms, preferred first. */
    p: number[]
    /** awsJson version. */
    jv?: string
    /** Target prefix of awsJson; the service's name in RPC v2 paths. */
    t?: string
    /** XML namespace. */
    x?: string
    /** Signing name. */
    sn: string
    /** awsQueryCompatible: 1. */
    qc?: number
  }
  s: ShapeRow[]
  o: Record<string, OperationRow>
}

export type ScalarRow = [
  kind: number,
  min?: number | null,
  max?: number | null,
  pattern?: string | 0,
  enums?: string[] | 0,
  timestamp?: number,
  sensitive?: number,
]
export type ListRow = [
  kind: typeof LIST,
  member: number,
  min?: number | null,
  max?: number | null,
  item?: string | 0,
  flags?: number,
]
export type MapRow = [
  kind: typeof MAP,
  key: number,
  value: number,
  min?: number | null,
  max?: number | null,
  keyName?: string | 0,
  valueName?: string | 0,
  flags?: number,
]
export type StructureRow = [
  kind: typeof STRUCTURE,
  name: string,
  members: MemberRow[],
  flags?: number,
  extra?: StructureExtra,
]
export type ShapeRow = ScalarRow | ListRow | MapRow | StructureRow

export type MemberRow = [name: string, shape: number, flags?: number, wire?: string | 0, extra?: MemberExtra]
export type OperationRow = [
  input: number,
  output: number,
  errors: number[],
  method?: string | 0,
  uri?: string | 0,
  status?: number,
  extra?: OperationExtra,
]

/** A namespace, alone or with its prefix. */
export type NamespaceRow = string | [uri: string, prefix: string]

export type MemberExtra = {
  /** XML name, where it differs from the wire name. */
  xml?: string
  /** Names of a list's items, a map's keys and values, where this member says so. */
  item?: string
  kn?: string
  vn?: string
  ns?: NamespaceRow
  ts?: number
}

export type StructureExtra = {
  /** Member that is the HTTP payload. */
  p?: string
  /** Code of an error in the Query forms, where it differs from the shape's name. */
  c?: string
  /** HTTP status of an error. */
  s?: number
  /** awsQueryCompatible: code and status of an error for Query clients. */
  qc?: string
  qs?: number
  /** Name of the root element. */
  x?: string
  ns?: NamespaceRow
}

export type OperationExtra = {
  /** The root element's name, of the input and of the output. */
  ix?: string
  ox?: string
  /** No credentials needed. */
  na?: number
}

export const LIST = 20
export const MAP = 21
export const STRUCTURE = 22
/** References below this are plain scalars. */
export const FIRST_ROW = 16

export const SCALAR_KINDS = [
  'string',
  'integer',
  'long',
  'float',
  'double',
  'boolean',
  'blob',
  'timestamp',
  'document',
] as const

export const MEMBER = {
  required: 1,
  header: 2,
  prefixHeaders: 4,
  label: 8,
  query: 16,
  statusCode: 32,
  flattened: 64,
  attribute: 128,
  idempotencyToken: 256,
  streaming: 512,
  eventPayload: 1024,
} as const

/** Flags of structures, lists and maps. */
export const SHAPE = { union: 1, error: 2, eventStream: 4, event: 8, sparse: 16, flattened: 32, sensitive: 64 } as const

/** `0` is none. */
export const TIMESTAMP_FORMATS = ['', 'iso8601', 'rfc822', 'unixTimestamp'] as const

export const WIRE_FORMS = ['', 'json', 'query', 'ec2', 'rest-json', 'rest-xml', 'rpc-v2-cbor'] as const
