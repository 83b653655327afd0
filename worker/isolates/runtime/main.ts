import { openChannel } from './channel.ts'
import { readMessages } from './messages.ts'
import { createSandbox } from './sandbox.ts'

const { channel, attach } = openChannel()
const sandbox = createSandbox(channel)

/** Takes invocations one after the other from the request's body and answers into the response's, until either ends. */
async function serve(body: ReadableStream<Uint8Array>): Promise<void> {
  channel.send({ ready: true })
  for await (const message of readMessages(body)) {
    if (message.kind === 'invoke' && !(await sandbox.run(message.invocation, message.payload))) break
    channel.send({ ready: true })
  }
  await channel.close()
}

export default {
  fetch(request: Request, _env: unknown, ctx: ExecutionContext): Response {
    const readable = attach()
    if (request.body !== null) ctx.waitUntil(serve(request.body))
    return new Response(readable)
  },
}
