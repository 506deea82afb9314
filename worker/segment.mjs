// Segment's HTTP tracking API, so that what teams already send reaches us without a line of code. The write key is the
// place's server key. Of a person's traits nothing is kept: `identify` and `group` are counted in the ledger and left out.

import { answer, parsed, posted } from './body.mjs'
import { take, unauthorised } from './backend.mjs'
import { asCurrency, asNumber, asText, isGiven, plain } from './foreign.mjs'
import { ownName } from './happening.mjs'
import { ledgerOf } from './ledgers.mjs'
import { booked } from './receipts.mjs'
import { deliver } from './shards.mjs'

/** Bytes of a batch, as Segment takes them. */
const BYTES = 512_000
const LEFT_OUT = ['identify', 'group', 'alias']
/** Properties that hold an event's value, as Segment's specification names them, in this order. */
const VALUES = ['revenue', 'value', 'total']

/** Answers `POST <prefix>v1/<kind>`: track, page, screen, identify, group, alias, batch. */
export async function segment(request, env, place, names, kind) {
  const refused = await unauthorised(request, env, place)
  if (refused) return refused
  const ledger = ledgerOf(place, names)
  const { text, refusal, reason } = await posted(request, 'message', BYTES)
  if (refusal) return booked(env, ledger, reason, failed(refusal.status, (await refusal.json()).error, Object.fromEntries(refusal.headers)))
  const body = parsed(text)
  const messages = body === null || typeof body !== 'object' ? undefined : kind === 'batch' ? body.batch : [{ ...body, type: kind }]
  if (!Array.isArray(messages)) return booked(env, ledger, 'malformed', failed(400, 'This is no message of Segment; a batch has a list of them.'))
  const events = await Promise.all(messages.map(eventOf))
  const kept = events.filter((event) => event !== 'left-out')
  const filtered = events.length - kept.length
  if (filtered) {
    const batch = { unit: '', events: Array.from({ length: filtered }, () => ({ t: 'filtered', reason: 'traits' })) }
    const { status, error, headers } = await deliver(env, ledger, [batch])
    if (status !== 200) return failed(status, error, headers)
  }
  const { status, receipt, left, error, headers } = kept.length ? await take(env, place, names, kept) : { status: 200, left: [] }
  if (status !== 200) return failed(status, error, headers)
  return answer(200, { success: true, ...receipt, left })
}

/** A refusal as Segment's clients read it. */
const failed = (status, message, headers) => answer(status, { success: false, message }, headers)

/**
 * What a message is called that brings no name, as Segment lets it: by all that it says if it says when, so that it counts once
 * however often it is sent. Of two that say the same and no time nobody knows whether they are one; both count, as they do there.
 */
const calledBy = (message) => (message?.timestamp ? ownName({ ...message, sentAt: undefined }) : crypto.randomUUID())

/** A message as one of our events, or that it is left out. */
async function eventOf(message) {
  if (LEFT_OUT.includes(message?.type)) return 'left-out'
  const { type, event, name, userId, anonymousId, messageId, timestamp, properties = {} } = message ?? {}
  const n = type === 'track' ? event : [type, asText(name)].filter(Boolean).join(' ')
  const value = asNumber(VALUES.map((key) => properties?.[key]).find(isGiven))
  const code = asCurrency(properties?.currency)
  const own = Object.entries(properties ?? {}).filter(([key]) => key !== 'currency' && !VALUES.includes(key))
  const all = {
    t: 'track', unit: asText(userId || anonymousId), n: asText(n)?.slice(0, 64) ?? '', id: asText(messageId) || (await calledBy(message)), at: timestamp,
    v: value, c: value === undefined ? undefined : code, p: plain(Object.fromEntries(own)),
  }
  return Object.fromEntries(Object.entries(all).filter(([, field]) => field !== undefined))
}
