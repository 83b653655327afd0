import type { Env } from '../durable-objects/kernel/env.ts'
import { definitionOf } from '../durable-objects/services/index.ts'
import { AwsError, type ErrorData, errorData } from '../aws/errors.ts'
import { newRequestId } from '../aws/ids.ts'
import { own } from '../aws/own.ts'
import { bodyReader, drain, limited, MOST_BUFFERED, type Refusal, TOO_LARGE } from './body.ts'
import { sendCall } from './call.ts'
import { decode } from '../aws/wire/decode.ts'
import { credentialScope, detectService, detectWireForm } from '../aws/wire/detect.ts'
import { encode } from '../aws/wire/encode.ts'
import { encodeError } from '../aws/wire/encode-error.ts'
import { loadModel, type ServiceModel } from '../aws/wire/model.ts'
import { matchRoute } from '../aws/wire/routes.ts'
import type { WireForm, WireKnobs, WireRequest } from '../aws/wire/types.ts'
import { validate } from '../aws/wire/validate.ts'
import { edgeOf } from './doors/edges.ts'
import { checkNamespace, readRoute, type Routed, withForm } from './route.ts'
import { dialectOf } from '../aws/sigv4/sigv4.ts'

/** What is known of a request when it fails: enough to refuse in the wire form that its client reads. */
type Stage = {
  requestId: string
  model?: ServiceModel
  form: WireForm
  knobs: WireKnobs
  refusal: Refusal | undefined
}

/**
 * Answers an AWS request: route, decode, validate, one hop to the object that holds the state, encode.
 * @param refusal what is answered in any case, in the words of the service that was asked
 */
export async function answer(request: Request, env: Env, refusal?: Refusal): Promise<Response> {
  const stage: Stage = { requestId: newRequestId(), form: 'rest-xml', knobs: {}, refusal }
  try {
    return await perform(request, env, stage)
  } catch (thrown) {
    return refuse(stage, request, refusalOf(thrown, stage))
  } finally {
    // Whoever is refused unheard need not be read to the end.
    if (!stage.refusal) await drain(request)
  }
}

async function perform(request: Request, env: Env, stage: Stage): Promise<Response> {
  const routed = countedOf(request, env, stage)
  const { service, wire } = stage.refusal ? unread(routed) : await serviceOf(routed, env)
  const model = loadModel(service)
  if (!model) throw new AwsError('UnknownService', 'Unable to determine service/operation name to be authorized', 403)
  const definition = definitionOf(service)
  stage.model = model
  stage.knobs = definition.wire ?? {}
  stage.form = detectWireForm(model, wire)
  checkNamespace(routed)
  stage.requestId = stage.knobs.requestId?.() ?? stage.requestId
  checkRefused(stage, service)
  const decoded = await decode(model, stage.form, wire).catch(error => {
    throw tooLarge(error, { model, wire, knobs: stage.knobs })
  })
  const { operation } = decoded
  if (!definition.operations[operation]) {
    throw new AwsError('NotImplemented', `${service}.${operation} is not implemented`, 501)
  }
  const edge = edgeOf(service)
  if (edge) decoded.input = await edge.resolved(decoded, { routed, env })
  const readForm = edge && own(edge.forms, operation)
  const form = readForm && (await readForm(model, decoded, wire))
  if (definition.fromPath) decoded.input = definition.fromPath(decoded.input, wire.path)
  validate(model, operation, decoded.input, stage.knobs)
  const result = await sendCall(
    {
      request,
      routed: { ...routed, wire },
      service,
      decoded: form?.decoded ?? decoded,
      form: form && (form.credentials ?? null),
      requestId: stage.requestId,
      dialect: dialectOf(model, stage.form),
      open: model.operation(operation)?.extra.na === 1,
    },
    env,
  )
  checkRefused(stage, service)
  const response = result.error
    ? refuse(stage, request, result.error)
    : encode(model, stage.form, { operation, output: result.output, requestId: stage.requestId })
  for (const [name, value] of Object.entries(result.headers ?? {})) response.headers.append(name, value)
  return response
}

/** A body that is too long is refused as its service does; any other error is what it is. */
function tooLarge(
  error: unknown,
  { model, wire, knobs }: { model: ServiceModel; wire: WireRequest; knobs: WireKnobs },
) {
  if (!knobs.tooLarge || !(error instanceof AwsError) || error.code !== TOO_LARGE) return error
  const operation = matchRoute(model, wire)?.operation.name
  const message = `Request must be smaller than ${MOST_BUFFERED} bytes for the ${operation} operation`
  return new AwsError(knobs.tooLarge, message, 413, { Type: 'User' })
}

/** Whether a service speaks by forms, as the older ones do. */
const takesForms = (service: string) =>
  loadModel(service)?.forms.some(form => form === 'query' || form === 'ec2') === true

async function serviceOf(routed: Routed, env: Env): Promise<{ service: string; wire: Routed['wire'] }> {
  const first = detectService(routed.wire) ?? ''
  const edge = edgeOf(first)
  if (!edge) return { service: first, wire: takesForms(first) ? await withForm(routed.wire) : routed.wire }
  // A form whose credentials name no service may still be another's; browsers' are multipart.
  const wire = credentialScope(routed.wire)?.date ? routed.wire : await withForm(routed.wire)
  const service = wire.form ? (detectService(wire) ?? '') : first
  if (service !== first) return { service, wire }
  // A form that is none is the body of an upload.
  return { service, wire: { ...edge.addressed(routed.wire, env), stream: wire.stream } }
}

/** Routed, with a body that is followed where nobody else does. */
function countedOf(request: Request, env: Env, stage: Stage): Routed {
  const routed = readRoute(request, env)
  if (stage.refusal) return routed
  const body = limited(request, env, refusal => {
    stage.refusal = refusal
  })
  if (body === request.body) return routed
  const source = { headers: request.headers, body, arrayBuffer: () => request.arrayBuffer() }
  return { ...routed, wire: { ...routed.wire, stream: body, body: bodyReader(source) } }
}

function checkRefused({ refusal }: Stage, service: string): void {
  if (refusal) throw refusal(service)
}

/** As far as it can be told without the body. */
const unread = ({ wire }: Routed) => ({ service: detectService(wire) ?? '', wire })

/** What workerd says of a message between objects that is longer than it takes: an input of one huge text, say. */
const UNSENDABLE = /RPC arguments or return values are limited/

const unsendable = () => new AwsError(TOO_LARGE, 'Request Entity Too Large', 413)

function refusalOf(thrown: unknown, stage: Stage): ErrorData {
  if (stage.refusal) return errorData(stage.refusal(stage.model?.name ?? ''))
  if (thrown instanceof AwsError) return errorData(thrown)
  if (thrown instanceof Error && UNSENDABLE.test(thrown.message)) return errorData(unsendable())
  console.error(stage.requestId, thrown instanceof Error ? thrown.stack : thrown)
  return {
    code: 'InternalFailure',
    message: 'The request processing has failed because of an unknown error.',
    status: 500,
    fields: {},
  }
}

function refuse(stage: Stage, request: Request, error: ErrorData): Response {
  const { requestId, knobs } = stage
  return encodeError(stage.model, stage.form, { error, requestId, method: request.method, knobs })
}
