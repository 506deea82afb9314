// Our own paths on a site's host, and who answers there.

import { answers, links } from './answers.mjs'
import { backend } from './backend.mjs'
import { choose } from './choices.mjs'
import { configuration, configurationHealth } from './config.mjs'
import { leave } from './contacts.mjs'
import { expired, firstOf } from './cookies.mjs'
import { verifyUnit } from './identity.mjs'
import { intake } from './intake.mjs'
import { invited } from './invitations.mjs'
import { ofrep } from './ofrep.mjs'
import { previewOf } from './preview.mjs'
import { proof } from './proof.mjs'
import { redirectsOf } from './redirects.mjs'
import { ASK, LEAVE } from './references.mjs'
import { scriptAt } from './scripts.mjs'
import { segment } from './segment.mjs'
import { snapshot } from './snapshots.mjs'
import { feedback } from './tickets.mjs'
import { upload } from './upload.mjs'
import { voice } from './voices.mjs'
import { webhook } from './webhook.mjs'

/** OpenFeature's own path below ours (worker/ofrep.mjs). */
const OFREP = 'ofrep/'

/** Where Segment's clients send what they have: `v1/batch`. */
const SEGMENT = /^v1\/(track|page|screen|identify|group|alias|batch)$/

/** Where backends send what happened. */
const BACK_DOORS = new Map([
  ['events', backend], ['feedback', feedback], ['upload', upload], ['hook', webhook], ['answers', answers], ['links', links],
])

/** Pages of ours for whoever has a word. */
const PAPERS = new Map([[ASK, invited], [LEAVE, leave]])

/** Where pages send what happened on them. */
const DOORS = new Map([['e', intake], ['v', voice], ['o', choose]])

/** Answers a request to one of our own paths. */
export async function own(path, request, env, place, context) {
  const evaluator = await configuration(request, env, place, context)
  const door = DOORS.get(path)
  if (door) {
    const secure = request.url.startsWith('https:')
    const cookies = request.headers.get('cookie')
    const unit = await firstOf(cookies, 'pm', secure, (cookie) => verifyUnit(env, place, cookie))
    const preview = unit && (await previewOf(env, place, unit, cookies, secure))
    return door(request, env, place, unit, preview, evaluator.names)
  }
  const back = BACK_DOORS.get(path)
  if (back) return back(request, env, place, evaluator.names, context)
  const [, kind] = SEGMENT.exec(path) ?? []
  if (kind) return segment(request, env, place, evaluator.names, kind)
  const [page, word] = path.split('/', 2)
  const paper = PAPERS.get(page)
  if (paper && word) return paper(request, env, place, evaluator.names, word)
  const script = scriptAt(path)
  if (script) return script
  if (path === 's' || path.startsWith('s/')) return snapshot(request, env, place, context, path.slice(2))
  if (/^proof\b/.test(path)) return proof(request, env, new URL(request.url), path)
  if (path.startsWith(OFREP)) return ofrep(request, env, place, evaluator, path.slice(OFREP.length))
  // The demo's door for somebody who wants to be somebody else. Nobody else's site has it.
  if (path === 'forget' && env.DEMO_RECEIVER) return forgotten(request)
  if (path === 'health') return Response.json({ ...configurationHealth(place), redirects: redirectsOf(place) }, { headers: { 'cache-control': 'no-store' } })
  return new Response('There is nothing here.\n', { status: 404 })
}

/** Takes our cookies away and begins at the front page. */
function forgotten(request) {
  const headers = new Headers({ location: '/', 'cache-control': 'no-store' })
  for (const name of ['pm', 'pmd']) headers.append('set-cookie', expired(name, request.url.startsWith('https:')))
  return new Response(null, { status: 303, headers })
}
