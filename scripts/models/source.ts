/** The parts of botocore's `service-2.json` that the generator reads. */
export type Model = {
  metadata: {
    apiVersion: string
    awsQueryCompatible?: object
    endpointPrefix: string
    jsonVersion?: string
    protocol: string
    protocols?: string[]
    serviceId: string
    signingName?: string
    targetPrefix?: string
    xmlNamespace?: string
  }
  operations: Record<string, Operation>
  shapes: Record<string, Shape>
}

export type Namespace = { uri: string; prefix?: string }

export type Operation = {
  http: { method: string; requestUri: string; responseCode?: number }
  input?: { shape: string; locationName?: string; xmlNamespace?: Namespace }
  output?: { shape: string; locationName?: string; resultWrapper?: string }
  errors?: { shape: string }[]
  authtype?: string
  auth?: string[]
}

export type Reference = {
  shape: string
  locationName?: string
  queryName?: string
  location?: 'header' | 'headers' | 'uri' | 'querystring' | 'statusCode'
  flattened?: boolean
  streaming?: boolean
  xmlAttribute?: boolean
  xmlNamespace?: Namespace
  idempotencyToken?: boolean
  eventpayload?: boolean
  timestampFormat?: string
}

export type Shape = {
  type: string
  members?: Record<string, Reference>
  member?: Reference
  key?: Reference
  value?: Reference
  required?: string[]
  min?: number
  max?: number
  pattern?: string
  enum?: string[]
  timestampFormat?: string
  locationName?: string
  payload?: string
  document?: boolean
  sensitive?: boolean
  sparse?: boolean
  flattened?: boolean
  streaming?: boolean
  union?: boolean
  event?: boolean
  eventstream?: boolean
  exception?: boolean
  fault?: boolean
  error?: { code?: string; httpStatusCode?: number }
  xmlNamespace?: Namespace
}

/** A shape that a reference names. @throws Error when the model has none */
export function shapeOf(model: Model, name: string): Shape {
  const shape = model.shapes[name]
  if (!shape) throw new Error(`${model.metadata.serviceId} has no shape ${name}`)
  return shape
}
