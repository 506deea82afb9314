// The public door of the collector: checks the form and the signatures of a beacon, and hands it to its unit's shard.
// The answer leaves only after the shard's commit.

import { answer, posted } from './body.mjs'
import { happened, nameOf, objection } from './happening.mjs'
import { pseudonym, verifyDecision } from './identity.mjs'
import { reserve } from './privacy.mjs'
import { deliver, refusedBatch, total } from './shards.mjs'
import { isBot, traitsOf } from './visitor.mjs'

const BYTES = 65_536
const EVENTS = 100
const NAME = /^[\w-]{1,64}$/
const FIELDS = ['v', 'page', 'seq', 'dropped', 'events']
/** Why a body is refused that is never read to its end, as the ledger calls it. */
const REFUSED = { 408: 'slow', 413: 'too-long', 415: 'encoded' }

/** Answers `POST <prefix>e`. `unit` is the visitor's verified unit, if there is one, and `preview` theirs. */
export async function intake(request, env, place, unit, preview, names) {
  const { text, refusal } = await posted(request, 'beacon', BYTES)
  if (refusal) {
    if (Object.hasOwn(REFUSED, refusal.status)) await deliver(env, place, [refusedBatch(REFUSED[refusal.status], 1)])
    return refusal
  }
  const beacon = parse(text)
  if (typeof beacon === 'string') {
    await deliver(env, place, [refusedBatch(beacon, 1)])
    return answer(400, { error: `This is no beacon (${beacon}); docs/wire.md says what one looks like.` })
  }
  if (!unit) return acknowledged(names, await deliver(env, place, [refusedBatch('unsigned', beacon.events.length, beacon.events.map(nameOf))]))
  // A preview that has ended counts as one here: its page may still be open.
  const reason = isBot(request.headers.get('user-agent')) ? 'bot' : preview ? 'preview' : reserve(names.edge.privacy, request.headers) && 'privacy'
  const events = await Promise.all(beacon.events.map((event) => (reason ? { t: 'filtered', reason } : checked(event, env, place, unit))))
  const batch = {
    // Nobody follows the numbers of a page that does not count.
    unit: await pseudonym(env, place, unit), drawn: unit, page: reason ? '' : beacon.page, seq: beacon.seq,
    traits: traitsOf(request), config: names.version, events,
  }
  return acknowledged(names, await deliver(env, place, [batch]))
}

/** What the sender of a beacon is told: what became of it, and which version the edge runs, so that a stop is heard of. */
function acknowledged({ version }, { status, receipts, error, headers }) {
  return status === 200 ? answer(200, { ...total(receipts), config: version }) : answer(status, { error }, headers)
}

async function checked(event, env, place, unit) {
  // A unit that the page names is another ledger's business (docs/wire.md); what else is in the event matters not.
  if (event?.u !== undefined) return { t: 'refused', reason: 'unsigned', n: nameOf(event) }
  const wrong = objection(event, ['dt', 'd']) ?? (whole(event.dt) ? undefined : 'dt')
  if (wrong) return { t: 'refused', reason: wrong, n: nameOf(event) }
  if (event.t === 'track') return { ...happened(event), dt: event.dt }
  const decision = await verifyDecision(env, place, unit, event.d)
  if (!decision) return { t: 'refused', reason: 'token' }
  if (decision.run !== event.run || decision.variant !== event.x) return { t: 'refused', reason: 'impossible' }
  if (decision.flags) return { t: 'filtered', reason: 'preview' }
  const { run, variant, epoch, config, time } = decision
  return { t: 'seen', run, x: variant, epoch, config, at: time, dt: event.dt }
}

/** A beacon of the documented form, or why it is none. */
function parse(text) {
  try {
    const beacon = JSON.parse(text)
    const { v, page, seq, dropped, events } = beacon
    if (v !== 1 || Object.keys(beacon).some((field) => !FIELDS.includes(field))) return 'malformed'
    if (typeof page !== 'string' || !NAME.test(page) || !whole(seq) || !whole(dropped)) return 'malformed'
    if (!Array.isArray(events) || !events.length) return 'malformed'
    return events.length <= EVENTS ? beacon : 'too-many'
  } catch {
    return 'malformed'
  }
}

const whole = (number) => Number.isSafeInteger(number) && number >= 0
