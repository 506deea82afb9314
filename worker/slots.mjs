// What can be changed on a page of the own site, as everybody gets it who is in no test. So that whoever plans a test
// clicks on a line and need not know what a selector is.

import { answer, bounded } from './body.mjs'
import { slotsIn } from './elements.mjs'
import { edited } from './frame.mjs'
import { hostsOf } from './links.mjs'
import { answerOf, timely } from './origin.mjs'
import { isEditable } from './rewrite.mjs'
import { settledAt, sourceOf, wordsOf } from './settled.mjs'

/** Bytes of a page that is read: it is held while it is read twice. */
const BYTES = 2 << 20
/** Milliseconds for a page to begin; its body may take as long again. */
const PATIENCE = 10_000

/**
 * Answers `GET .../slots?path=/pricing` of the console, or `?url=` with the page's whole address. `api` asks the API of this place
 * in the caller's name.
 */
export async function slots(request, env, place, api) {
  const { searchParams } = new URL(request.url)
  const { url, wrong } = pageOf(searchParams.get('url') ?? searchParams.get('path') ?? '/', request, env, place)
  if (wrong) return refused(422, wrong, 'Write a path such as /pricing, or the address of a page of this site.')
  const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'Pointsman' }
  const path = url.pathname + url.search
  const slow = () => refused(409, `${path} took longer than ten seconds.`, 'Try again.')
  const { document } = await (await api('GET', 'document')).json()
  const under = settledAt(document, url)
  const { response } = (await timely(answerOf(new Request(url, { headers }), env, sourceOf(under)), PATIENCE)) ?? {}
  if (!response) return slow()
  if (response.status === 502) return refused(409, 'The site does not answer.', 'Look whether it is up, and try again.')
  if (response.status !== 200) {
    const target = response.headers.get('location')
    const fix = target ? `It leads to ${target}: write that page, if it is of this site.` : 'Write a page that everybody can open.'
    return refused(409, `The site answers ${response.status} for ${path}.`, fix)
  }
  if (!isEditable(response)) return refused(409, `${path} is no page of HTML.`, 'Write the path of a page.')
  const { blob, status } = await bounded(edited(response, wordsOf(under)), BYTES)
  if (status === 413) return refused(409, `${path} has more than 2 MiB.`, 'Name its elements by selectors of your own.')
  if (!blob) return slow()
  const type = response.headers.get('content-type')
  try {
    return answer(200, await slotsIn(() => new Response(blob, { headers: { 'content-type': type } })))
  } catch ({ message }) {
    return refused(409, `The rewriter cannot read ${path}: ${message}`, 'Visitors get such a page as the site made it.')
  }
}

/** The page that is asked for, `{url}`, or what is wrong with what was written, `{wrong}`. */
function pageOf(asked, request, env, place) {
  const hosts = hostsOf(env, place)
  if (!hosts.length) return { wrong: `${place.name} has no site.` }
  const url = URL.parse(asked, asked.startsWith('/') ? `${new URL(request.url).protocol}//${hosts[0]}` : undefined)
  if (!url || !/^https?:$/.test(url.protocol)) return { wrong: `“${asked}” is neither a path nor an address.` }
  if (url.username || url.password) return { wrong: 'An address with a name and a password is no page for everybody.' }
  // On one's own machine the site has an address of its own beside the one that visitors use.
  const known = [...hosts, URL.parse(env.ORIGIN_URL)?.host]
  return known.includes(url.host) ? { url } : { wrong: `${url.host} is no site of ${place.name}, whose pages are at ${hosts.join(', ')}.` }
}

const refused = (status, error, fix) => answer(status, { error, fix })
