import { DurableObject } from 'cloudflare:workers'

/** What any product on a Durable Object costs at the least: a request, one hop, one insert. */
export class BareObject extends DurableObject {
  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as never) // the base's own type of env is a global's
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)')
  }

  insert(body: string): number {
    return Number(this.ctx.storage.sql.exec('INSERT INTO rows (body) VALUES (?) RETURNING id', body).one().id)
  }
}

type Env = { BARE: DurableObjectNamespace<BareObject> }

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const id = await env.BARE.getByName('bare').insert(await request.text())
    return Response.json({ id })
  },
}
