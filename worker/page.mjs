// A visitor's page: decisions before the first byte, edits while it streams, and the origin's own answer whenever
// anything of ours goes wrong.

import { assigned } from './assigned.mjs'
import { frameOf, framed } from './frame.mjs'
import { journeyCookie, sent } from './journey.mjs'
import { answerOf } from './origin.mjs'
import { countRedirect } from './redirects.mjs'
import { isEditable, rewrite } from './rewrite.mjs'
import { without } from './source.mjs'
import { visitOf } from './visit.mjs'

/** Milliseconds that a redirect waits for the collector. */
const COMMIT = 50

/** Answers a request to the site's host. */
export async function page(request, url, env, place, context) {
  let visit
  try {
    const frame = url.search && (await frameOf(env, place, url))
    if (frame) return await framed(request, url, env, frame)
    visit = await visitOf(request, url, env, place, context)
    if (visit?.leaves) return await leave(request, env, place, context, visit)
  } catch {
    // The page wins: without a decision the visitor gets what the origin serves to everybody.
    visit = undefined
  }
  if (visit?.answer) return visit.answer
  const { response, taken } = await answerOf(request, env, visit)
  if (!visit) return response
  try {
    if (!visit.rewrites || !isEditable(response)) return kept(response, visit)
    // First the page: a visitor whose page could not be edited has met nothing.
    const met = taken ? visit : without(visit)
    const edited = rewrite(response, env, met)
    const fresh = met.exposures.filter(({ known }) => !known)
    if (fresh.length && !met.uncounted) {
      const report = assigned(request, env, place, met.unit, met.isNew, fresh)
      context.waitUntil(report.catch(() => {}))
    }
    return edited
  } catch {
    return response
  }
}

/** Sends a visitor on. Whoever leaves is counted first, if the collector is quick. */
async function leave(request, env, place, context, visit) {
  const { url, leaves, exposures, uncounted, unit, setCookies, secure, time, hops } = visit
  const fresh = exposures.filter(({ known }) => !known)
  let told = true
  if (fresh.length && !uncounted) {
    const report = assigned(request, env, place, unit, visit.isNew, fresh)
      .then(({ status }) => status === 200, () => false)
    context.waitUntil(report.then((ok) => countRedirect(place, fresh.length, ok)))
    told = await Promise.race([report, new Promise((resolve) => setTimeout(resolve, COMMIT, false))])
  }
  const runs = exposures.map(({ run }) => run)
  // Only on hosts that share our cookies anybody arrives who is known.
  const cookies = unit && runs.length ? [await journeyCookie(env, place, unit, { hops, told, path: leaves.pathname, runs }, time, secure)] : []
  return sent(url, leaves, [...setCookies, ...cookies])
}

/**
 * The origin's answer where nothing of it is edited. What follows from a visitor's variants is nobody else's: what only a
 * preview shows, what comes with a cookie of ours, and what the origin says depends on them.
 */
function kept(response, visit) {
  const { status } = response
  const cookies = visit.rewrites === false && visit.setCookies.length && isEditable(response) ? visit.setCookies : []
  const depends = /\bpointsman-variants\b|\*/i.test(response.headers.get('vary') ?? '')
  // What is no answer but another connection cannot be made anew.
  if (status < 200 || !(visit.preview || cookies.length || depends || visit.route)) return response
  const made = new Response(response.body, response)
  made.headers.set('cache-control', visit.preview || cookies.length ? 'private, no-store' : personal(response))
  if (depends || cookies.length) made.headers.append('vary', 'cookie')
  if (visit.preview) made.headers.set('x-robots-tag', 'noindex')
  for (const cookie of cookies) made.headers.append('set-cookie', cookie)
  return made
}

/** What an answer says of caches, for the visitor's own alone. */
function personal({ headers }) {
  const own = (headers.get('cache-control') ?? '').split(',').map((part) => part.trim())
  return ['private', ...own.filter((part) => part && !/^(public|private|s-maxage|proxy-revalidate|stale-)/i.test(part))].join(', ')
}
