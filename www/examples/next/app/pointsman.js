// What the edge has decided for a request. Values come from a snapshot that this server keeps up to date.
import { connect } from 'pointsman/connect'
import { serve } from 'pointsman/server'

let server

export async function visit(headers) {
  server ??= serve(connect({ url: process.env.SITE, key: process.env.SERVER_KEY }), { edge: true })
  await server.source.ready
  return server.visit({ headers })
}
