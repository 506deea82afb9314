#!/usr/bin/env node
// The origin of the demo shop: a small static server for ./pages.
//
// Every file is read once, at start, into a table from URL path to response. A request is answered
// from that table or not at all, so no request can name a file outside it. Restart to see an edit.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { race } from './race.mjs'

const PAGES = new URL('pages/', import.meta.url)
const NOT_FOUND = '/404'

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
}

/** beans.html is /beans, index.html is /, shop.css is /shop.css. */
const pathOf = (name) => '/' + name.replace(/^index\.html$|\.html$/, '')

/** What all pages have: a header and a footer, each behind the comment in whose place it stands. */
const [, HEADER, FOOTER] = readFileSync(new URL('frame.html', import.meta.url), 'utf8').split(/^<!-- \w+ -->\n/m)

/** A page in its frame, in which the way to the page itself says that one is there. */
const framed = (page, path) => page
  .replace('    <!-- header -->\n', HEADER.replace(`href="${path}"`, `href="${path}" aria-current="page"`))
  .replace('    <!-- footer -->\n', FOOTER)

async function load() {
  const names = (await readdir(PAGES)).filter((name) => extname(name) in TYPES)
  const entries = names.map(async (name) => {
    const read = await readFile(new URL(name, PAGES))
    const body = extname(name) === '.html' ? Buffer.from(framed(read.toString(), pathOf(name))) : read
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
    return [pathOf(name), { body, etag, type: TYPES[extname(name)] }]
  })
  return new Map(await Promise.all(entries))
}

/** If-None-Match: a list of tags, compared weakly, or `*` for any. */
const matches = (header = '', etag) =>
  header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')))

function sendPage(request, response, page, status) {
  response.setHeader('cache-control', 'no-cache')
  response.setHeader('etag', page.etag)
  if (status === 200 && matches(request.headers['if-none-match'], page.etag)) {
    return response.writeHead(304).end()
  }
  response.writeHead(status, { 'content-type': page.type, 'content-length': page.body.length })
  response.end(page.body) // Which node leaves out for HEAD.
}

function redirect(response, status, location) {
  response.writeHead(status, { location, 'content-length': 0 }).end()
}

function refuse(response, allow) {
  response.writeHead(405, { allow, 'content-type': 'text/plain; charset=utf-8' })
  response.end('Method not allowed\n')
}

function answer(pages, request, response) {
  request.resume() // No request body is ever needed, but each must be drained.
  response.setHeader('x-content-type-options', 'nosniff')
  const path = request.url.split('?', 1)[0]

  if (path === '/order') {
    return request.method === 'POST' ? redirect(response, 303, '/thanks') : refuse(response, 'POST')
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 'GET, HEAD')
  // The edge's own page, by the name that people remember.
  if (path === '/proof') return redirect(response, 302, '/_pm/proof')

  const clean = pathOf(path.slice(1))
  if (clean !== path && pages.has(clean)) return redirect(response, 308, clean)
  const found = path !== NOT_FOUND && pages.has(path)
  sendPage(request, response, pages.get(found ? path : NOT_FOUND), found ? 200 : 404)
}

/** Serves the shop; port 0 takes any free one. */
export async function serve({ port = 0, host = '127.0.0.1' } = {}) {
  const pages = await load()
  const lanes = await race(pages)
  const server = createServer(async (request, response) => {
    if (!(await lanes.take(request, response))) answer(pages, request, response)
  })
  await once(server.listen(port, host), 'listening')
  return {
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

const HELP = `Usage: node serve.mjs [--port 9000] [--host 127.0.0.1]

Serves the Semaphore Coffee demo shop.

  --port <n>     port to listen on; 0 takes any free one (default 9000)
  --host <addr>  address to bind (default 127.0.0.1)
  --help         show this text
`

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '9000' },
      host: { type: 'string', default: '127.0.0.1' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const { port } = await serve({ port: Number(values.port), host: values.host })
  console.log(`Semaphore Coffee on http://${values.host}:${port}/`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`serve.mjs: ${error.message}`)
    process.exitCode = 1
  })
}
