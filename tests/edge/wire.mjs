// Requests as a plain client sends them: nothing is decoded, followed or repeated, so bytes can be compared.

import { createServer, request } from 'node:http'
import { once } from 'node:events'
import { PERSON } from '../browser/chromium.mjs'

/** What a browser sends with a visitor's navigation. */
export const NAVIGATION = {
  'user-agent': PERSON, accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-language': 'en-GB',
  'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate',
}

/** What it sends for a part of a page. */
export const PART = { 'user-agent': PERSON, accept: '*/*', 'sec-fetch-dest': 'empty' }

/**
 * One request to the site of a product.
 *
 * @param onData hears each piece of the body when it comes
 * @returns status, headers, `setCookies`, body, and whether the body was complete by the rules of HTTP
 */
export function ask({ port }, path, { method = 'GET', headers = NAVIGATION, body, host = `localhost:${port}`, onData } = {}) {
  return new Promise((resolve, reject) => {
    const options = { port, path, method, headers: { host, ...headers }, host: '127.0.0.1', agent: false }
    const outgoing = request(options, (incoming) => {
      const pieces = []
      incoming.on('data', (piece) => {
        pieces.push(piece)
        onData?.(piece)
      })
      incoming.on('error', () => {}) // A body cut off; `complete` tells.
      incoming.on('close', () => resolve({
        status: incoming.statusCode, headers: incoming.headers, setCookies: incoming.headers['set-cookie'] ?? [],
        body: Buffer.concat(pieces), text: Buffer.concat(pieces).toString(), complete: incoming.complete,
      }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** An origin that answers as a test says, and keeps what it was asked. */
export async function stub(answer) {
  const seen = []
  const server = createServer(async (incoming, response) => {
    const pieces = []
    for await (const piece of incoming) pieces.push(piece)
    const { method, url, headers } = incoming
    seen.push({ method, url, headers, body: Buffer.concat(pieces) })
    await answer(incoming, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: server.address().port,
    seen,
    last: () => seen.at(-1),
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The values of cookies by name, from `Set-Cookie` headers. */
export const cookiesOf = (setCookies) =>
  Object.fromEntries(setCookies.map((line) => line.split(';')[0]).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))

/** As a `Cookie` header. */
export const cookieHeader = (cookies) => Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; ')

/** The decisions inlined in a page, or nothing. */
export function decisionsOf(text) {
  const found = text.match(/<script type="application\/json" data-id="pointsman">(.*?)<\/script>/s)
  return found && JSON.parse(found[1])
}

/** Whether the edge tells the collector of a page's visitor, once the page has left: of whoever is new and in a test. */
export function isTold({ text, setCookies }) {
  const { exposures, preview } = decisionsOf(text) ?? {}
  return Boolean(cookiesOf(setCookies).pm && exposures?.length && !preview)
}

/** Visits with new visitors until one meets the variant: their cookies and the answer. */
export async function visitorOf(product, variant, path = '/') {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await ask(product, path)
    if (decisionsOf(answer.text)?.flags.hero.variant === variant) return { cookies: cookiesOf(answer.setCookies), answer }
  }
  throw new Error(`None of 60 visitors met ${variant}; with a fair split that does not happen.`)
}
