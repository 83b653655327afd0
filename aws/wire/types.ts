import type { RequestHeaders } from './headers.ts'
/** The forms in which AWS's operations travel. */
export type WireForm = 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml' | 'rpc-v2-cbor'

/** A body that an operation streams, such as an S3 object's. */
export type StreamingBody = ReadableStream<Uint8Array> | Uint8Array | string

/**
 * The events of an operation that answers with a stream of them: the union's values, or, where they cross RPC, their
 * JSON, one to a line, with blobs in base64 and timestamps in epoch seconds.
 */
export type EventStreamBody<E> = AsyncIterable<E> | ReadableStream<Uint8Array>

/** An HTTP request as the codecs read it. */
export type WireRequest = {
  method: string
  /** Raw, still percent-encoded; without a namespace's prefix, and path-style for S3. */
  path: string
  /** Decoded pairs, in order. */
  query: [string, string][]
  headers: RequestHeaders
  host: string
  /** Set for a POST of application/x-www-form-urlencoded, but for S3. */
  form?: [string, string][]
  /** The whole body, read once. @throws AwsError RequestEntityTooLarge */
  body(): Promise<Uint8Array>
  /** The raw body; only one of `body()` and `stream` is used. */
  stream: ReadableStream<Uint8Array> | null
  /** Leaves a streamed body in its aws-chunked framing, for whoever reads it to take off. */
  keepFraming?: boolean
}

/** What no model says of a service's wire; each service states it beside its operations. */
export type WireKnobs = {
  /** A new id of a request, where it is no UUID. */
  requestId?: () => string
  /** How a body is refused that is longer than a deployment takes, where not as most do. */
  overLimit?: { code: string; message: string }
  /** How a broken constraint is refused; `false` when the service does that itself. Default: ValidationException, coral. */
  validation?: Validation | false
  /** The code by which a request is refused that is longer than any the service reads; it names the operation. */
  tooLarge?: string
  /** `com.amazonaws.sqs` gives `"__type": "com.amazonaws.sqs#QueueDoesNotExist"`. */
  errorNamespace?: string
  /** Namespaces of single codes. */
  errorNamespaces?: Record<string, string>
  /** Codes of the Query protocol for errors that no model has: `MissingRequiredParameterException` is `MissingParameter`. */
  queryCodes?: Record<string, string>
}

export type Validation = {
  code: string
  dialect?: 'coral' | 'smithy'
  /** Coral: constraints on a list's or map's items end in `Member must not be null`, as Lambda's do. */
  itemsNotNull?: boolean
  /** Only documents in bodies are held against the model, refused in these words, but for the paths left to handlers. */
  documents?: { message: string; except?: RegExp }
}

/** A request as its operation sees it. */
export type Decoded = {
  operation: string
  input: Record<string, unknown>
  /** Trailers of an aws-chunked body, once its stream has ended. */
  trailers?: Promise<Record<string, string>>
  /** Length in bytes of a streamed body without its framing, when declared. */
  contentLength?: number
  /** Set when a streamed body is still in aws-chunked framing, as `keepFraming` asks. */
  chunked?: { decodedLength?: number }
}
