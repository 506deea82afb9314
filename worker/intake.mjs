// The public door of the collector: checks the form and the signatures of a beacon, and hands it to its unit's shard.
// The answer leaves only after the shard's commit.

import { answer, posted } from './body.mjs'
import { pseudonym, verifyDecision } from './identity.mjs'
import { reserve } from './privacy.mjs'
import { browserOf, isBot } from './visitor.mjs'

const BYTES = 65_536
const NAME = /^[\w-]{1,64}$/
/** Hash digits that choose a shard. */
const PREFIX = 8

/** Answers `POST <prefix>e`. `unit` is the visitor's verified unit, if there is one, and `preview` theirs. */
export async function intake(request, env, place, unit, preview, names) {
  const { text, refusal } = await posted(request, 'beacon', BYTES)
  if (refusal) return refusal
  const beacon = parse(text)
  if (!beacon) {
    await deliver(env, place, refusedBatch('malformed', 1))
    return answer(400, { error: 'This is no beacon; docs/wire.md says what one looks like.' })
  }
  if (!unit) {
    const receipt = await deliver(env, place, refusedBatch('unsigned', beacon.events.length))
    return answer(200, await receipt.json())
  }
  const agent = request.headers.get('user-agent')
  // A preview that has ended counts as one here: its page may still be open.
  const reason = isBot(agent) ? 'bot' : preview ? 'preview' : reserve(names.edge.privacy, request.headers) && 'privacy'
  const events = await Promise.all(beacon.events.map((event) => (reason ? { t: 'filtered', reason } : checked(event, env, place, unit))))
  const batch = {
    // Nobody follows the numbers of a page that does not count.
    unit: await pseudonym(env, place, unit), page: reason ? '' : beacon.page, seq: beacon.seq, browser: browserOf(agent), events,
    measures: names.edge.measures,
  }
  const receipt = await deliver(env, place, batch)
  return answer(receipt.status, await receipt.json())
}

/** Hands the edge's own decisions to the shard. */
export async function assigned(env, place, unit, browser, decisions, names) {
  const events = decisions.map(({ run, variant, epoch, config, time }) => ({ t: 'assigned', run, x: variant, epoch, config, at: time }))
  const batch = { unit: await pseudonym(env, place, unit), page: '', seq: 0, browser, events, measures: names.edge.measures }
  return deliver(env, place, batch)
}

function deliver(env, place, batch) {
  const shard = batch.unit ? Number.parseInt(batch.unit.slice(0, PREFIX), 16) % Number(env.SHARDS) : 0
  const object = env.SHARD.get(env.SHARD.idFromName(`${place.name}/${shard}`))
  return object.fetch('http://object/collect', { method: 'POST', body: JSON.stringify(batch) })
}

const refusedBatch = (reason, count) =>
  ({ unit: '', page: '', seq: 0, events: Array(count).fill({ t: 'refused', reason }), measures: [] })

async function checked(event, env, place, unit) {
  // A unit that the page names is another ledger's business (docs/wire.md).
  if (event.u !== undefined) return { t: 'refused', reason: 'unsigned' }
  if (event.t === 'track') return { t: 'track', n: event.n, dt: event.dt }
  const decision = await verifyDecision(env, place, unit, event.d)
  if (!decision) return { t: 'refused', reason: 'token' }
  if (decision.run !== event.run || decision.variant !== event.x) return { t: 'refused', reason: 'impossible' }
  if (decision.flags) return { t: 'filtered', reason: 'preview' }
  const { run, variant, epoch, config, time } = decision
  return { t: 'seen', run, x: variant, epoch, config, at: time, dt: event.dt }
}

/** A beacon of the documented form, or nothing. */
function parse(text) {
  try {
    const beacon = JSON.parse(text)
    const { v, page, seq, dropped, events } = beacon
    const good = v === 1 && typeof page === 'string' && NAME.test(page) && whole(seq) && whole(dropped) && Array.isArray(events) && events.length > 0
    return good && events.length <= 100 && events.every(isEvent) ? beacon : undefined
  } catch {
    return undefined
  }
}

const whole = (number) => Number.isSafeInteger(number) && number >= 0

function isEvent(event) {
  if (event === null || typeof event !== 'object' || !whole(event.dt)) return false
  // A unit that the page names is another ledger's business (docs/wire.md); what else is in the event matters not.
  if (event.u !== undefined) return true
  if (event.t === 'track') return typeof event.n === 'string' && event.n.length > 0 && event.n.length <= 64 && event.n.isWellFormed()
  return event.t === 'seen' && typeof event.run === 'string' && typeof event.x === 'string'
}
