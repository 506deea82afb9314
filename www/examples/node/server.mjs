// A server behind the edge: it renders what the edge has decided.
import { createServer } from 'node:http'
import { connect } from 'pointsman/connect'
import { serve } from 'pointsman/server'

const source = connect({ url: process.env.SITE, key: process.env.SERVER_KEY })
await source.ready
const pointsman = serve(source, { edge: true })

createServer((request, response) => {
  const { flags, headers } = pointsman.visit(request)
  response.setHeaders(headers).setHeader('content-type', 'text/html')
  response.end(`<!doctype html><title>Shop</title><h1>${flags.get('hero', 'Coffee')}</h1>`)
}).listen(process.env.PORT)
