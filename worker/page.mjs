// A visitor's page: decisions before the first byte, edits while it streams, and the origin's own answer whenever
// anything of ours goes wrong.

import { answered, assigned, measuresOrigin } from './assigned.mjs'
import { answerOf } from './origin.mjs'
import { own, personal } from './personal.mjs'
import { isEditable, rewrite } from './rewrite.mjs'
import { without } from './source.mjs'
import { visitOf } from './visit.mjs'

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
    if (visit?.leaves) {
      const { leave } = await import('./leave.mjs')
      return await leave(request, env, place, context, visit)
    }
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
