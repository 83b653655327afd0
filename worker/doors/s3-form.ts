import { AwsError } from '../../aws/errors.ts'
import { collect } from '../body.ts'
import type { FormUpload } from './edges.ts'
import { SMALL_BODY } from '../carried.ts'
import { boundaryOf, type FormData, type FormFile, malformedPost, readFormData } from '../../aws/wire/form-data.ts'
import type { ServiceModel } from '../../aws/wire/model.ts'
import { readBindings } from '../../aws/wire/rest-in.ts'
import { malformedXml } from '../../aws/wire/refusals.ts'
import type { Decoded, WireRequest } from '../../aws/wire/types.ts'
import { type Element, parseXml } from '../../aws/wire/xml-tree.ts'
import { formCredentials, missingField } from '../../aws/sigv4/form.ts'

/** `${filename}`, which stands for the name of the file that was chosen. */
const FILE_NAME = /\$\{filename\}/g

const NOT_A_FORM = 'Bucket POST must be of the enclosure-type multipart/form-data'

/**
 * Reads a form that uploads a file: its fields say what the headers of a PutObject say.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 * @throws AwsError
 */
export async function readFormUpload(model: ServiceModel, decoded: Decoded, wire: WireRequest): Promise<FormUpload> {
  const type = wire.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data(?:;|$)/i.test(type.trim())) {
    const message = 'At least one of the pre-conditions you specified did not hold'
    throw new AwsError('PreconditionFailed', message, 412, { Condition: NOT_A_FORM })
  }
  const boundary = boundaryOf(type)
  if (boundary === undefined || !wire.stream) throw malformedPost()
  const form = await readFormData(wire.stream, boundary)
  try {
    return await uploadOf(form, { model, decoded, wire })
  } catch (error) {
    // A body that nobody reads costs its client the connection.
    await form.file?.content.pipeTo(new WritableStream()).catch(() => undefined)
    throw error
  }
}

type Origin = { model: ServiceModel; decoded: Decoded; wire: WireRequest }

async function uploadOf(form: FormData, { model, decoded, wire }: Origin): Promise<FormUpload> {
  const { fields, file } = form
  const key = fieldIn(form, 'key')
  if (key === undefined) throw missingField('key')
  if (!file) throw oneFile()
  const credentials = formCredentials(name => fieldIn(form, name))
  const input = {
    ...membersIn(model, fields, wire),
    ...aclAndTags(form),
    Bucket: decoded.input.Bucket,
    // What names no file leaves the variable as it is.
    Key: file.name === undefined ? key : key.replace(FILE_NAME, () => baseName(file.name ?? '')),
    Fields: fields,
    Body: await contentOf(file, wire),
  }
  return { decoded: { operation: decoded.operation, input }, credentials }
}

function fieldIn({ fields }: FormData, name: string): string | undefined {
  return fields.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
}

function oneFile(): AwsError {
  const fields = { ArgumentName: 'file', ArgumentValue: '0' }
  return new AwsError('InvalidArgument', 'POST requires exactly one file upload per request.', 400, fields)
}

const baseName = (name: string) => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)

/** Fields that are named as PutObject's headers mean the same, in any case and with any text. */
function membersIn(model: ServiceModel, fields: [string, string][], wire: WireRequest): Record<string, unknown> {
  const shape = model.operation('PutObject')?.input
  if (!shape) return {}
  // A presigned URL carries headers so.
  const query: [string, string][] = [['X-Amz-Signature', ''], ...fields]
  const request = { ...wire, query, headers: new Headers() }
  return readBindings(shape, { model, request, labels: new Map(), stated: [] })
}

function aclAndTags(form: FormData): Record<string, unknown> {
  const acl = fieldIn(form, 'acl')
  const tagging = fieldIn(form, 'tagging')
  return { ...(acl !== undefined && { ACL: acl }), ...(tagging !== undefined && { Tagging: tagsOf(tagging) }) }
}

/** A document of tags as a header has them. */
function tagsOf(document: string): string {
  const root = parseXml(document)
  if (!root) throw malformedXml()
  const child = (element: Element | undefined, name: string) => element?.children.find(each => each.name === name)
  const tags = (child(root, 'TagSet') ?? root).children.filter(({ name }) => name === 'Tag')
  const text = (tag: Element, name: string) => encodeURIComponent(child(tag, name)?.text ?? '')
  return tags.map(tag => `${text(tag, 'Key')}=${text(tag, 'Value')}`).join('&')
}

async function contentOf(file: FormFile, wire: WireRequest): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const declared = wire.headers.get('content-length')
  const small = declared !== null && Number(declared) <= SMALL_BODY
  return small ? await collect(file.content, SMALL_BODY) : file.content
}
