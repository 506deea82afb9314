// Hours as clocks show them in a project's zone, and the moments that they are. The core counts moments alone; what a
// zone's clocks do the runtime knows, by the tables of the IANA.

import { parsed } from '../body.mjs'

const DAY = 86_400_000
const AT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/
const QUIET = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/

const formats = new Map()

/** How a zone's clocks are written, or nothing where there is no such zone. */
function formatOf(zone) {
  if (!formats.has(zone)) {
    try {
      const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' }
      formats.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts }))
    } catch {
      return undefined
    }
  }
  return formats.get(zone)
}

/** What a zone's clocks show at a moment, as if it were UTC. */
function shownAt(moment, zone) {
  const { year, month, day, hour, minute, second } = Object.fromEntries(formatOf(zone).formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** All moments at which a zone's clocks show this, earliest first: none where they jump over it, two where they go back. */
export function momentsOf(local, zone) {
  const shown = Date.parse(`${local}Z`)
  // No zone is further from another of its own hours than a day.
  const tried = [shown - DAY, shown + DAY].map((near) => shown - (shownAt(near, zone) - near))
  return [...new Set(tried)].filter((moment) => shownAt(moment, zone) === shown).sort((a, b) => a - b)
}

const problem = (pointer, cause, fix) => ({ problems: [{ pointer, code: 'shape', cause, fix }] })

/** When an hour of a zone is: `{at}`, or `{problems}` in the core's form. */
export function dueOf(text, zone) {
  const [, local, offset] = (typeof text === 'string' && AT.exec(text)) || []
  if (!local || Number.isNaN(Date.parse(`${local}Z`))) return problem('/at', 'This is no hour.', 'Write it as 2026-11-30T09:00.')
  if (offset) return { at: Date.parse(text) }
  const [first, second] = momentsOf(local, zone)
  if (first === undefined) return problem('/at', `Clocks of ${zone} jump over that hour.`, 'Take one before or after it.')
  if (second !== undefined) return problem('/at', `Clocks of ${zone} show that hour twice.`, `Say which: ${[first, second].map((moment) => `${local}${offsetOf(moment, zone)}`).join(' or ')}.`)
  return { at: first }
}

function offsetOf(moment, zone) {
  const minutes = Math.round((shownAt(moment, zone) - moment) / 60_000)
  const two = (number) => String(number).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}

/** `[moment, ahead]`: from when on a zone's clocks are how many milliseconds ahead of UTC, in a span of time. */
export function clocksOf(zone, from, until) {
  const ahead = (moment) => shownAt(moment, zone) - moment
  const second = (moment) => Math.floor(moment / 1000) * 1000
  let known = ahead(second(from))
  const all = [[second(from), known]]
  // No zone changes its clocks twice within a week.
  for (let week = second(from); week < until; week += 7 * DAY) {
    let [before, after] = [week, week + 7 * DAY]
    const next = ahead(after)
    if (next === known) continue
    while (after - before > 1000) {
      const middle = second((before + after) / 2)
      if (ahead(middle) === known) before = middle
      else after = middle
    }
    all.push([after, next])
    known = next
  }
  return all
}

/** What is wrong with the zone and the quiet hours of settings. */
export function hoursProblems(text) {
  const { zone, quiet } = parsed(text) ?? {}
  const found = []
  // What is no text the core refuses.
  if (typeof zone === 'string' && zone.trim() && !formatOf(zone.trim())) found.push(...problem('/zone', `There is no zone ${zone}.`, 'Take one of the IANA, such as Europe/Vienna.').problems)
  if (typeof quiet === 'string' && quiet.trim() && !QUIET.test(quiet.trim())) found.push(...problem('/quiet', 'These are no hours.', 'Write them as 22:00-07:00.').problems)
  return found
}

/** Whether a moment lies in quiet hours, from the first to before the last minute of them; they may go over midnight. */
export function isQuiet({ zone, quiet }, moment) {
  const [, ...parts] = QUIET.exec(quiet) ?? []
  if (!parts.length || !formatOf(zone)) return false
  const [fromHour, fromMinute, toHour, toMinute] = parts.map(Number)
  const [from, to, time] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute, Math.floor((shownAt(moment, zone) % DAY) / 60_000)]
  return from <= to ? from <= time && time < to : from <= time || time < to
}
