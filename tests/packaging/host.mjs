// The shop's own server: a folder, or another server behind it, under a policy.

import { createServer, request as ask } from 'node:http'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { extname, join, normalize } from 'node:path'

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }

/** Starts it. What it gives has `folder` or `upstream`, a port, and `policy`; they may change. */
export async function host() {
  const own = { folder: undefined, upstream: undefined, policy: undefined }
  const server = createServer((request, response) => {
    if (own.policy) response.setHeader('content-security-policy', own.policy)
    return own.upstream ? forward(own, request, response) : file(own, request, response)
  })
  // Development servers tell of changes by a socket.
  server.on('upgrade', (request, socket, head) => {
    const upstream = connect(own.upstream, '127.0.0.1', () => {
      upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${pairs(request.rawHeaders)}\r\n`)
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
    })
    for (const end of [socket, upstream]) end.on('error', () => (socket.destroy(), upstream.destroy()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return Object.assign(own, {
    port: server.address().port,
    close() {
      server.closeAllConnections()
      server.close()
    },
  })
}

async function file({ folder }, { url }, response) {
  const { pathname } = new URL(url, 'http://host')
  const path = join(folder, normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname))
  const bytes = await readFile(path).catch(() => {})
  if (!bytes) return response.writeHead(404).end()
  response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(bytes)
}

/** A framework that writes scripts into its pages takes their nonce from the policy of the request. */
function forward({ upstream, policy }, request, response) {
  const headers = { ...request.headers, ...(policy && { 'content-security-policy': policy }) }
  const outgoing = ask({ port: upstream, host: '127.0.0.1', path: request.url, method: request.method, headers }, (incoming) => {
    for (const [name, value] of Object.entries(incoming.headers)) response.setHeader(name, value)
    response.writeHead(incoming.statusCode)
    incoming.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  request.pipe(outgoing)
}

const pairs = (raw) => raw.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `)).join('')
