// The public door of the collector: checks the form and the signatures of a beacon, and hands it to its unit's shard.
// The answer leaves only after the shard's commit.

import { answer, posted } from './body.mjs'
import { affords } from './budget.mjs'
import { open } from './cors.mjs'
import { happened, nameOf, objection } from './happening.mjs'
import { pseudonym, verifyDecision } from './identity.mjs'
import { unsigned } from './ledgers.mjs'
import { now } from './now.mjs'
import { reserve } from './privacy.mjs'
import { refusedBatch, total } from './receipts.mjs'
import { deliver } from './shards.mjs'
import { groupsOf, isBot, traitsOf } from './visitor.mjs'

const BYTES = 65_536
const EVENTS = 100
/** Characters of a unit that a page names. */
const UNIT = 256
const NAME = /^[\w-]{1,64}$/
const FIELDS = ['v', 'page', 'seq', 'dropped', 'events']
/** What is said to a source that sends too much which nobody has signed, and seconds after which it may come again. */
const SPENT = 'Too much comes from there that nobody has signed. Send the same again a little later.'
const AGAIN = '10'
/** Why a body is refused that is never read to its end, as the ledger calls it. */
const REFUSED = { 408: 'slow', 413: 'too-long', 415: 'encoded' }

/** Answers `POST <prefix>e`. `unit` is the visitor's verified unit, if there is one, and `preview` theirs. */
export async function intake(request, env, place, unit, preview, names) {
  if (!unit && names.edge.intake !== 'open' && !affords(request, env)) return answer(429, { error: SPENT }, { 'retry-after': AGAIN })
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
  // Whoever names units is a page of any site, which has to be able to read its answer.
  if (beacon.events.some(isNamed) && (names.edge.intake === 'open' || !unit)) return open(await anybodys(beacon, request, env, place, names))
  if (!unit) return nobodys(beacon, env, place, names)
  // A preview that has ended counts as one here: its page may still be open.
  const reason = isBot(request.headers.get('user-agent')) ? 'bot' : preview ? 'preview' : reserve(names.edge.privacy, request.headers) && 'privacy'
  const known = reason ? undefined : groupsOf(names, request, env)
  const events = await Promise.all(beacon.events.map((event) => (reason ? { t: 'filtered', reason } : checked(event, known, env, place, unit))))
  const batch = {
    // Nobody follows the numbers of a page that does not count.
    unit: await pseudonym(env, place, unit), drawn: unit, page: reason ? '' : beacon.page, seq: beacon.seq,
    traits: traitsOf(request), config: names.version, events,
  }
  return acknowledged(names, await deliver(env, place, [batch]), reason ? [] : [[...events.keys()]])
}

/** Refuses all events of a beacon whose sender nobody has signed. */
const nobodys = async ({ events }, env, place, names) =>
  acknowledged(names, await deliver(env, place, [refusedBatch('unsigned', events.length, events.map(nameOf))]))

/**
 * Takes in what an application says that no edge has decided for: whom it means stands in each event, and anybody could say
 * so. The draws are made again all the same.
 */
async function anybodys(beacon, request, env, place, names) {
  if (names.edge.intake !== 'open') return nobodys(beacon, env, place, names)
  const claims = beacon.events.map((event) => Number(CLAIM.exec(event?.d)?.[2] ?? 0))
  // Of a version that is newer than any that this isolate knows it is not known yet whether it is one.
  if (Math.max(...claims) > names.version) return answer(503, { error: 'This version is not known yet. Send the same again.' }, { 'retry-after': '2' })
  const reason = isBot(request.headers.get('user-agent')) ? 'bot' : reserve(names.edge.privacy, request.headers) && 'privacy'
  const units = Map.groupBy(beacon.events.keys(), (index) => (isUnit(beacon.events[index]?.u) ? beacon.events[index].u : ''))
  const batchOf = async ([unit, indices]) => {
    const all = indices.map((index) => beacon.events[index])
    if (!unit) return refusedBatch('unsigned', all.length, all.map(nameOf))
    const events = all.map((event) => (reason ? { t: 'filtered', reason } : claimed(event)))
    const page = reason ? '' : beacon.page
    return { unit: await pseudonym(env, place, unit), drawn: unit, page, seq: beacon.seq, traits: traitsOf(request), config: names.version, events }
  }
  return acknowledged(names, await deliver(env, unsigned(place), await Promise.all([...units].map(batchOf))), reason ? [] : [...units.values()])
}

/** Whether an event names its unit. */
const isNamed = (event) => event?.u !== undefined

const isUnit = (unit) => typeof unit === 'string' && unit.length > 0 && unit.length <= UNIT && unit.isWellFormed()

/** What the application decided by, in the place of a token: `<epoch>.<config>`. */
const CLAIM = /^(\d{1,9})\.(\d{1,9})$/

function claimed(event) {
  const wrong = objection(event, ['dt', 'd', 'u']) ?? (whole(event.dt) ? undefined : 'dt')
  if (wrong) return { t: 'refused', reason: wrong, n: nameOf(event) }
  if (event.t === 'track') return { ...happened(event), dt: event.dt }
  const [, epoch, config] = CLAIM.exec(event.d) ?? []
  if (!config) return { t: 'refused', reason: 'token' }
  const { run, x, g, dt } = event
  return { t: 'seen', run, x, epoch: Number(epoch), config: Number(config), at: now() - dt, dt, g }
}

/**
 * What the sender of a beacon is told: what became of it, which events were not kept, and which version the edge runs, so
 * that a stop is heard of. `places` are those that each batch's events have in the beacon, unless all fared the same.
 */
function acknowledged({ version }, { status, receipts, error, headers }, places = []) {
  if (status !== 200) return answer(status, { error }, headers)
  const left = places.flatMap((own, batch) => (receipts[batch].left ?? []).map(({ place, reason }) => ({ place: own[place], reason })))
  return answer(200, { ...total(receipts), ...(left.length && { left }), config: version })
}

/** `known` are values of dimensions that the request itself tells. */
async function checked(event, known, env, place, unit) {
  // Where an edge signs, nobody says who they are; what else is in the event matters not.
  if (isNamed(event)) return { t: 'refused', reason: 'unsigned', n: nameOf(event) }
  const wrong = objection(event, ['dt', 'd']) ?? (whole(event.dt) ? undefined : 'dt')
  if (wrong) return { t: 'refused', reason: wrong, n: nameOf(event) }
  const g = { ...known, ...event.g }
  if (event.t === 'track') return { ...happened(event), g, dt: event.dt }
  const decision = await verifyDecision(env, place, unit, event.d)
  if (!decision) return { t: 'refused', reason: 'token' }
  if (decision.run !== event.run || decision.variant !== event.x) return { t: 'refused', reason: 'impossible' }
  if (decision.flags) return { t: 'filtered', reason: 'preview' }
  const { run, variant, epoch, config, time } = decision
  return { t: 'seen', run, x: variant, epoch, config, at: time, dt: event.dt, g }
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
