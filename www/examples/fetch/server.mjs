// A server without an edge, in the form that Bun and Deno run: it decides by itself, and the browser is told.
import { connect } from 'pointsman/connect'
import { serve } from 'pointsman/server'

const source = connect({ url: process.env.SITE, key: process.env.SERVER_KEY })
await source.ready
const pointsman = serve(source)

export default {
  fetch(request) {
    const { flags, all, headers, script } = pointsman.visit(request, { country: 'AT' })
    headers.set('content-type', 'text/html')
    return new Response(`<!doctype html><head>${script}</head><h1>${flags.get('hero', 'Coffee')}</h1>`, { headers })
  },
}
