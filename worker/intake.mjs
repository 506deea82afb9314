// The public door of the collector: checks the form and the signatures of a beacon, and hands it to its unit's shard.
// The answer leaves only after the shard's commit.

import { answer, posted } from './body.mjs'
import { affords } from './budget.mjs'
import { open } from './cors.mjs'
import { filtered, happened, objection, refused } from './happening.mjs'
import { pseudonym, verifyDecision } from './identity.mjs'
import { unsigned } from './ledgers.mjs'
import { machineOf } from './machines.mjs'
import { now } from './now.mjs'
import { reserve } from './privacy.mjs'
import { booked, refusedBatch, total } from './receipts.mjs'
import { isRecording } from './recordings.mjs'
import { deliver } from './shards.mjs'
import { withSessions } from './tickets.mjs'
import { groupsOf, traitsOf } from './visitor.mjs'

const BYTES = 65_536
const EVENTS = 100
/** Characters of a unit that a page names. */
const UNIT = 256
const NAME = /^[\w-]{1,64}$/
const FIELDS = ['v', 'page', 'seq', 'dropped', 'events']
/** What is said to a source that sends too much which nobody has signed, and seconds after which it may come again. */
const SPENT = 'Too much comes from there that nobody has signed. Send the same again a little later.'
const AGAIN = '10'

/** Answers `POST <prefix>e`. `unit` is the visitor's verified unit, if there is one, and `preview` theirs. */
export async function intake(request, env, place, unit, preview, names) {
  if (!unit && names.edge.intake !== 'open' && !affords(request, env)) return answer(429, { error: SPENT }, { 'retry-after': AGAIN })
  const { text, refusal, reason: unread } = await posted(request, 'beacon', BYTES)
  if (refusal) return booked(env, place, unread, refusal)
  const beacon = parse(text)
  if (typeof beacon === 'string') {
    return booked(env, place, beacon, answer(400, { error: `This is no beacon (${beacon}); docs/wire.md says what one looks like.` }))
  }
  // Whoever names units is a page of any site, which has to be able to read its answer.
  if (beacon.events.some(isNamed) && (names.edge.intake === 'open' || !unit)) return open(await anybodys(beacon, request, env, place, names))
  if (!unit) return nobodys(beacon, env, place, names)
  const reason = reasonToFilter(request, names, preview)
  const known = reason ? undefined : groupsOf(names, request, env)
  const events = await Promise.all(beacon.events.map((event) => (reason ? filtered(event, reason) : checked(event, known, env, place, unit))))
  const batch = {
    // Nobody follows the numbers of a page that does not count.
    unit: await pseudonym(env, place, unit), drawn: unit, page: reason ? '' : beacon.page, seq: beacon.seq,
    traits: traitsOf(request), config: names.version, events,
  }
  const result = await withSessions(env, place, place, [batch], [beacon.events], await deliver(env, place, [batch]))
  return acknowledged(names, result, reason ? [] : [[...events.keys()]])
}

/** Refuses all events of a beacon whose sender nobody has signed. */
const nobodys = async ({ events }, env, place, names) =>
  acknowledged(names, await deliver(env, place, [refusedBatch('unsigned', events, names.version)]))

/** Why nothing of a request counts, if nothing does. A preview that has ended is one here: its page may still be open. */
function reasonToFilter({ headers }, { edge: { privacy } }, preview) {
  const machine = machineOf(headers.get('user-agent'))
  if (machine) return `bot-${machine}`
  return preview ? 'preview' : reserve(privacy, headers) ? 'privacy' : undefined
}

/**
 * Takes in what an application says that no edge has decided for: whom it means stands in each event, and anybody could say
 * so. The draws are made again all the same.
 */
async function anybodys(beacon, request, env, place, names) {
  if (names.edge.intake !== 'open') return nobodys(beacon, env, place, names)
  const claims = beacon.events.map((event) => Number(CLAIM.exec(event?.d)?.[2] ?? 0))
  // Of a version that is newer than any that this isolate knows it is not known yet whether it is one.
  if (Math.max(...claims) > names.version) return answer(503, { error: 'This version is not known yet. Send the same again.' }, { 'retry-after': '2' })
  const reason = reasonToFilter(request, names)
  const units = Map.groupBy(beacon.events.keys(), (index) => (isUnit(beacon.events[index]?.u) ? beacon.events[index].u : ''))
  const batchOf = async ([unit, indices]) => {
    const all = indices.map((index) => beacon.events[index])
    if (!unit) return refusedBatch('unsigned', all, names.version)
    const events = all.map((event) => (reason ? filtered(event, reason) : claimed(event)))
    const page = reason ? '' : beacon.page
    return { unit: await pseudonym(env, place, unit), drawn: unit, page, seq: beacon.seq, traits: traitsOf(request), config: names.version, events }
  }
  const batches = await Promise.all([...units].map(batchOf))
  const lists = [...units.values()].map((indices) => indices.map((index) => beacon.events[index]))
  const ledger = unsigned(place)
  const result = await withSessions(env, place, ledger, batches, lists, await deliver(env, ledger, batches))
  return acknowledged(names, result, reason ? [] : [...units.values()])
}

/** Whether an event names its unit. */
const isNamed = (event) => event?.u !== undefined

const isUnit = (unit) => typeof unit === 'string' && unit.length > 0 && unit.length <= UNIT && unit.isWellFormed()

/** What the application decided by, in the place of a token: `<epoch>.<config>`. */
const CLAIM = /^(\d{1,9})\.(\d{1,9})$/

function claimed(event) {
  const wrong = objection(event, ['dt', 'd', 'u', 'r']) ?? (whole(event.dt) ? unrecorded(event) : 'dt')
  if (wrong) return refused(event, wrong)
  if (event.t === 'track') return { ...happened(event), dt: event.dt }
  const [, epoch, config] = CLAIM.exec(event.d) ?? []
  if (!config) return refused(event, 'token')
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
  if (isNamed(event)) return refused(event, 'unsigned')
  const wrong = objection(event, ['dt', 'd', 'r']) ?? (whole(event.dt) ? unrecorded(event) : 'dt')
  if (wrong) return refused(event, wrong)
  const g = { ...known, ...event.g }
  if (event.t === 'track') return { ...happened(event), g, dt: event.dt }
  const decision = await verifyDecision(env, place, unit, event.d)
  if (!decision) return refused(event, 'token')
  if (decision.run !== event.run || decision.variant !== event.x) return refused(event, 'impossible')
  if (decision.flags) return filtered(event, 'preview')
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

/** What is wrong with the recording that an event names, if it names one. */
const unrecorded = ({ r }) => (r === undefined || isRecording(r) ? undefined : 'replay')

const whole = (number) => Number.isSafeInteger(number) && number >= 0
