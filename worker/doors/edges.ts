import type { Env } from '../../durable-objects/kernel/env.ts'
import { own } from '../../aws/own.ts'
import type { ServiceModel } from '../../aws/wire/model.ts'
import type { Decoded, WireRequest } from '../../aws/wire/types.ts'
import type { FormCredentials } from '../../aws/sigv4/form.ts'
import type { Routed } from '../route.ts'
import { s3Edge } from './s3.ts'

/** An operation that came as a browser's form, and by whose leave. */
export type FormUpload = { decoded: Decoded; credentials: FormCredentials | undefined }

/** What a service's requests have on their way in that no model says. */
export type Edge = {
  /** The request as its model knows it: what its host names becomes a part of the path. */
  addressed(wire: WireRequest, env: Env): WireRequest
  /** The input, with the resource that is meant where another name stands for it. @throws AwsError */
  resolved(decoded: Decoded, from: { routed: Routed; env: Env }): Promise<Decoded['input']>
  /** Operations that browsers' forms ask for: in their fields is what other requests have in their headers. */
  forms: Record<string, (model: ServiceModel, decoded: Decoded, wire: WireRequest) => Promise<FormUpload>>
}

const EDGES: Readonly<Record<string, Edge>> = { s3: s3Edge }

export const edgeOf = (service: string): Edge | undefined => own(EDGES, service)
