// The second door of the collector: events and exposures that a backend reports, with the place's server key. There is no
// cookie, so each event says whose it is and what it is called; by that name it counts once, however often it is sent.

import { audienceOf, keyIn } from './access.mjs'
import { answer, listIn, posted } from './body.mjs'
import { happened, objection } from './happening.mjs'
import { eventName, pseudonym } from './identity.mjs'
import { ledgerOf } from './ledgers.mjs'
import { now } from './now.mjs'
import { booked, refusedBatch, total } from './receipts.mjs'
import { deliver } from './shards.mjs'

const BYTES = 65_536
/** Events, tickets or answers of one post. */
export const MOST = 100
/** Events of one unit that its shard takes at once. */
const TOGETHER = 100
const UNIT = 256
const TOKEN = 'Send the server key of this place as `Authorization: Bearer <key>`; the console shows it.'

/** Answers `POST <prefix>events`: one event, or `{v: 1, events: [...]}`. */
export const backend = (request, env, place, names) =>
  posting(request, env, place, names, { what: 'event', bytes: BYTES }, async (events) => told(await take(env, place, names, events)))

/** Answers a post of at most `bytes` by whoever has the key: `listed` finds what is in it, and `done` makes an answer of that. */
export async function posting(request, env, place, names, { what, bytes, listed = (text) => listIn(text, `${what}s`, MOST) }, done) {
  const refused = await unauthorised(request, env, place)
  if (refused) return refused
  const ledger = ledgerOf(place, names)
  const { text, refusal, reason } = await posted(request, what, bytes)
  if (refusal) return booked(env, ledger, reason, refusal)
  const all = listed(text)
  if (typeof all !== 'string') return done(all)
  const error = `This is no list of 1 to ${MOST} ${what}s (${all}); docs/integrations.md says what one looks like.`
  return booked(env, ledger, all, answer(400, { error }))
}

/** The answer to whoever has no server key of the place; nothing for others. */
export async function unauthorised(request, env, place) {
  const basic = /^Basic (.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const key = basic === undefined ? keyIn(request) : decoded(basic).split(':').find(Boolean)
  return (await audienceOf(env, place, key)) === 'server' ? undefined : answer(401, { error: TOKEN })
}

/**
 * Takes events of many units in. Gives `{status, receipt, left, error, headers}`, where `left` names those that were not
 * kept, `{place, reason}`. `found` says what is wrong with some of them already.
 */
export async function take(env, place, names, events, found = []) {
  const wrong = events.map((event, index) => found[index] ?? wrongWith(event))
  const good = events.keys().filter((index) => !wrong[index])
  const units = Map.groupBy(good, (index) => events[index].unit)
  const parts = []
  for (const [unit, indices] of units) {
    for (let from = 0; from < indices.length; from += TOGETHER) parts.push([unit, indices.slice(from, from + TOGETHER)])
  }
  const batches = await Promise.all(parts.map(([unit, indices]) => batchOf(env, place, names, unit, indices.map((index) => events[index]))))
  const left = wrong.flatMap((reason, index) => (reason ? [{ place: index, reason }] : []))
  for (const { place: index, reason } of left) batches.push(refusedBatch(reason, [events[index]], names.version))
  const { status, receipts, error, headers } = await deliver(env, ledgerOf(place, names), batches)
  if (status !== 200) return { status, error, headers }
  for (const [at, [, indices]] of parts.entries()) {
    for (const { place: nth, reason } of receipts[at].left ?? []) left.push({ place: indices[nth], reason })
  }
  return { status, receipt: total(receipts), left: left.sort((one, other) => one.place - other.place) }
}

export function told({ status, receipt, left, error, headers }) {
  return status === 200 ? answer(200, { ...receipt, left }) : answer(status, { error }, headers)
}

async function batchOf(env, place, names, unit, events) {
  const checked = events.map(async (event) => {
    const at = event.at === undefined ? now() : timeOf(event.at)
    if (event.t === 'seen') {
      const { run, x, epoch, config, g } = event
      return { t: 'seen', run, x, epoch, config, g, at }
    }
    return { ...happened(event), at, id: await eventName(env, place, event.id) }
  })
  return { unit: await pseudonym(env, place, unit), drawn: unit, config: names.version, events: await Promise.all(checked) }
}

/** What is wrong with an event of a backend, if anything is. */
function wrongWith(event) {
  const wrong = objection(event, ['unit', 'id', 'at', 'epoch', 'config'])
  if (wrong) return wrong
  const { unit, id, at } = event
  if (typeof unit !== 'string' || !unit || unit.length > UNIT || !unit.isWellFormed()) return 'unit'
  if (event.t === 'track' && (typeof id !== 'string' || !id || id.length > UNIT || !id.isWellFormed())) return 'id'
  if (event.t === 'seen' && !(Number.isSafeInteger(event.epoch) && Number.isSafeInteger(event.config))) return 'malformed'
  return at === undefined || timeOf(at) !== undefined ? undefined : 'time'
}

/** Milliseconds since 1970, from those or from an ISO 8601 text with its offset. */
export function timeOf(at) {
  if (Number.isSafeInteger(at) && at >= 0) return at
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\d([T ].*(Z|[+-]\d\d:?\d\d))?$/.test(at)) return undefined
  const time = Date.parse(at)
  return Number.isNaN(time) ? undefined : time
}

function decoded(base64) {
  try {
    return atob(base64)
  } catch {
    return ''
  }
}
