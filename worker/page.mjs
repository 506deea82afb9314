// A visitor's page: decisions before the first byte, edits while it streams, and the origin's own answer whenever
// anything of ours goes wrong.

import { answered, assigned, measuresOrigin } from './assigned.mjs'
import { journeyCookie, sent } from './journey.mjs'
import { answerOf } from './origin.mjs'
import { own, personal } from './personal.mjs'
import { countRedirect } from './redirects.mjs'
import { isEditable, rewrite } from './rewrite.mjs'
import { without } from './source.mjs'
import { visitOf } from './visit.mjs'

/** Milliseconds that a redirect waits for the collector. */
const COMMIT = 50
/** How an address asks for a frame (frame.mjs). */
const FRAME = /[?&]pm=f1\./

/** Answers a request to the site's host. */
export async function page(request, url, env, place, context) {
  let visit
  try {
    // Only the console asks for frames.
    if (FRAME.test(url.search)) {
      const { frameOf, framed } = await import('./frame.mjs')
      const frame = await frameOf(env, place, url)
      if (frame) return await framed(request, url, env, frame)
    }
    visit = await visitOf(request, url, env, place, context)
    if (visit?.leaves) return await leave(request, env, place, context, visit)
  } catch {
    // The page wins: without a decision the visitor gets what the origin serves to everybody.
    visit = undefined
  }
  if (visit?.answer) return visit.answer
  const begun = performance.now()
  const { response, taken, status } = await answerOf(request, env, visit, context)
  if (!visit) return response
  const tell = (met) => report(request, env, place, context, visit, met, status, begun)
  try {
    if (!visit.rewrites || !isEditable(response)) {
      tell(failed(visit, status) ? visit.exposures : [])
      return kept(response, visit)
    }
    // First the page: a visitor whose page could not be edited has met nothing.
    const met = taken ? visit : without(visit)
    const edited = rewrite(response, env, met)
    tell(met.exposures)
    return edited
  } catch {
    return kept(response, visit)
  }
}

/** Whether the origin has failed under the eyes of a test that counts it. Who is new gets no cookie with an error, and is not counted. */
const failed = ({ names, exposures, isNew }, status) => status >= 500 && !isNew && exposures?.length > 0 && measuresOrigin(names)

/** Tells the collector what a visitor has met and, if that is counted, how the origin has answered. */
function report(request, env, place, context, visit, met, status, begun) {
  if (visit.uncounted || !visit.exposures?.length) return
  const fresh = met.filter(({ known }) => !known)
  // Who is new and meets nothing is nobody whom an answer could belong to.
  const events = measuresOrigin(visit.names) && (met.length || !visit.isNew) ? [answered(status, performance.now() - begun)] : []
  if (fresh.length || events.length) context.waitUntil(assigned(request, env, place, visit, fresh, events).catch(() => {}))
}

/** Sends a visitor on. Whoever leaves is counted first, if the collector is quick. */
async function leave(request, env, place, context, visit) {
  const { url, leaves, exposures, uncounted, unit, setCookies, secure, time, hops } = visit
  const fresh = exposures.filter(({ known }) => !known)
  let told = true
  if (fresh.length && !uncounted) {
    const counted = assigned(request, env, place, visit, fresh).then(({ status }) => status === 200, () => false)
    context.waitUntil(counted.then((ok) => countRedirect(place, fresh.length, ok)))
    told = await Promise.race([counted, new Promise((resolve) => setTimeout(resolve, COMMIT, false))])
  }
  const runs = exposures.map(({ run }) => run)
  // Only on hosts that share our cookies anybody arrives who is known.
  const cookies = unit && runs.length ? [await journeyCookie(env, place, unit, { hops, told, path: leaves.pathname, runs }, time, secure)] : []
  return sent(url, leaves, [...setCookies, ...cookies])
}

/**
 * The origin's answer where nothing of it is edited. What follows from a visitor's variants is nobody else's: what only a
 * preview shows, what comes with a cookie of ours, what the origin says depends on them, and what is at an address where
 * something is tested. Who has the variant without a change there would else give their page to all others.
 */
function kept(response, visit) {
  const { status, headers } = response
  const cookies = visit.rewrites === false && visit.setCookies.length && isEditable(response) ? visit.setCookies : []
  const depends = visit.varies?.test(headers.get('content-type') ?? '') || /\bpointsman-variants\b|\*/i.test(headers.get('vary') ?? '')
  // What is no answer but another connection cannot be made anew.
  if (status < 200 || !(visit.preview || cookies.length || depends)) return response
  const made = new Response(response.body, response)
  personal(made.headers, visit.preview || cookies.length ? undefined : own(headers))
  if (visit.preview) made.headers.set('x-robots-tag', 'noindex')
  for (const cookie of cookies) made.headers.append('set-cookie', cookie)
  return made
}
