// The network between a browser and a product, which fails as a test says, and keeps what became of every envelope.

import { createServer, request } from 'node:http'
import { once } from 'node:events'

/**
 * A way to the product.
 *
 * `fate(beacon, times)` says what happens to an envelope that is sent for the so-manieth time:
 * - `pass`: it arrives and is answered
 * - `mute`: it arrives, and the answer gets lost
 * - `cut`: the connection breaks before it arrives
 * - `hang`: it waits for `release()`, then it passes
 * - a number: somebody on the way answers with this status
 */
export async function between(product, fate = () => 'pass') {
  const seen = []
  const waiting = []
  const times = new Map()

  async function envelope(incoming, response, body) {
    const beacon = JSON.parse(body)
    const id = `${beacon.page} ${beacon.seq}`
    times.set(id, (times.get(id) ?? 0) + 1)
    const due = way.fate(beacon, times.get(id))
    const entry = { ...beacon, agent: incoming.headers['user-agent'], type: incoming.headers['content-type'], bytes: body.length, due }
    seen.push(entry)
    if (due === 'cut') return response.destroy()
    if (typeof due === 'number') return response.writeHead(due).end('{}')
    if (due === 'hang') await new Promise((resolve) => waiting.push(resolve))
    const answer = await passed(incoming, body)
    entry.receipt = answer.status === 200 ? JSON.parse(answer.body) : undefined
    if (due === 'mute') return response.destroy()
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }

  function passed(incoming, body) {
    const { method, url, headers } = incoming
    const options = { port: product.port, path: url, method, headers: { ...headers, host: `localhost:${product.port}` }, host: '127.0.0.1', agent: false }
    return new Promise((resolve, reject) => {
      request(options, async (answer) => {
        const pieces = []
        for await (const piece of answer) pieces.push(piece)
        const { 'transfer-encoding': _, ...headers } = answer.headers
        resolve({ status: answer.statusCode, headers, body: Buffer.concat(pieces) })
      }).on('error', reject).end(body)
    })
  }

  const server = createServer(async (incoming, response) => {
    try {
      const pieces = []
      for await (const piece of incoming) pieces.push(piece)
      const body = Buffer.concat(pieces)
      if (incoming.method === 'POST' && incoming.url === '/_pm/e') return await envelope(incoming, response, body)
      const answer = await passed(incoming, body)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    } catch {
      response.destroy() // The browser went away.
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  const way = {
    site: `http://localhost:${server.address().port}`,
    fate,
    /** Every envelope that was sent, as often as it was. */
    seen,
    release: () => waiting.splice(0).forEach((go) => go()),
    close() {
      way.release()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
  return way
}

/** What the collector should have been told: by page, the numbers that have arrived. */
export function arrived(seen) {
  const pages = new Map()
  for (const { page, seq, receipt } of seen) {
    if (!pages.has(page)) pages.set(page, new Set())
    if (receipt) pages.get(page).add(seq)
  }
  return pages
}
