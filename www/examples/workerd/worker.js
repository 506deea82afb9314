// A Worker without an edge before it. The evaluator is compiled when it is deployed.
import { connect } from 'pointsman/connect'
import { serve } from 'pointsman/server'

let pointsman

export default {
  async fetch(request, env) {
    pointsman ??= serve(connect({ url: env.SITE, key: env.SERVER_KEY }))
    await pointsman.source.ready
    const { flags, headers, script } = pointsman.visit(request, { country: request.cf?.country })
    headers.set('content-type', 'text/html')
    return new Response(`<!doctype html><head>${script}</head><h1>${flags.get('hero', 'Coffee')}</h1>`, { headers })
  },
}
