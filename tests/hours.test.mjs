// Hours of zones whose clocks jump, go back, or miss a day: each is the moment that whoever lives there would say.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clocksOf, dueOf, hoursProblems, isQuiet, momentsOf } from '../worker/objects/hours.mjs'

const at = (text, zone) => {
  const { at, problems } = dueOf(text, zone)
  return problems ? problems[0].cause : new Date(at).toISOString()
}

test('an hour is the moment at which clocks of its zone show it, in summer and in winter', () => {
  const known = [
    ['2026-11-30T09:00', 'UTC', '2026-11-30T09:00:00.000Z'], ['2026-11-30T09:00', 'Europe/Vienna', '2026-11-30T08:00:00.000Z'],
    ['2026-07-06T09:00', 'Europe/Vienna', '2026-07-06T07:00:00.000Z'], ['2026-07-06T09:00', 'America/New_York', '2026-07-06T13:00:00.000Z'],
    ['2026-07-06T09:00', 'Asia/Kathmandu', '2026-07-06T03:15:00.000Z'], ['2026-01-05T00:00', 'Pacific/Kiritimati', '2026-01-04T10:00:00.000Z'],
    ['2026-01-05T23:30', 'Pacific/Pago_Pago', '2026-01-06T10:30:00.000Z'], ['2026-11-30T09:00+02:00', 'Europe/Vienna', '2026-11-30T07:00:00.000Z'],
  ]
  for (const [text, zone, moment] of known) assert.equal(at(text, zone), moment, `${text} in ${zone}`)
})

test('what clocks of a zone do in a span is told by the moments at which they change', () => {
  const year = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)]
  const told = (zone) => clocksOf(zone, ...year).map(([at, ahead]) => [new Date(at).toISOString().slice(0, 16), ahead / 3_600_000])
  assert.deepEqual(told('UTC'), [['2026-01-01T00:00', 0]])
  assert.deepEqual(told('Europe/Vienna'), [['2026-01-01T00:00', 1], ['2026-03-29T01:00', 2], ['2026-10-25T01:00', 1]])
  assert.deepEqual(told('Asia/Kathmandu'), [['2026-01-01T00:00', 5.75]])
  assert.deepEqual(told('Australia/Lord_Howe'), [['2026-01-01T00:00', 11], ['2026-04-04T15:00', 10.5], ['2026-10-03T15:30', 11]])
})

test('an hour that clocks jump over is none, and one that they show twice asks which', () => {
  for (const [text, zone] of [['2026-03-29T02:30', 'Europe/Vienna'], ['2026-03-08T02:00', 'America/New_York'], ['2026-10-04T02:15', 'Australia/Lord_Howe'], ['2011-12-30T12:00', 'Pacific/Apia']]) {
    assert.match(at(text, zone), /jump over that hour/, `${text} in ${zone}`)
  }
  const { problems: [{ pointer, cause, fix }] } = dueOf('2026-10-25T02:30', 'Europe/Vienna')
  assert.deepEqual([pointer, cause], ['/at', 'Clocks of Europe/Vienna show that hour twice.'])
  assert.equal(fix, 'Say which: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00.')
  assert.equal(at('2026-10-25T02:30+02:00', 'Europe/Vienna'), '2026-10-25T00:30:00.000Z')
  assert.equal(at('2026-10-25T03:00', 'Europe/Vienna'), '2026-10-25T02:00:00.000Z')
  assert.match(at('2026-04-05T01:45', 'Australia/Lord_Howe'), /twice/)
})

test('in every zone each moment of two years is found again by what its clocks show', () => {
  const HALF = 1_800_000
  const zones = Intl.supportedValuesOf('timeZone')
  assert.ok(zones.length > 300)
  let twice = 0
  for (const [index, zone] of zones.entries()) {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    // Other half hours in each zone, so that all are met somewhere.
    for (let moment = Date.UTC(2026, 0, 1) + index * HALF; moment < Date.UTC(2028, 0, 1); moment += 97 * HALF) {
      const found = momentsOf(format.format(moment).replace(' ', 'T'), zone)
      assert.ok(found.includes(moment), `${zone} ${new Date(moment).toISOString()}: ${found}`)
      twice += found.length - 1
    }
  }
  assert.ok(twice > 0, 'hours that are shown twice were among them')
})

test('what is no hour, no zone and no quiet hours is named with what to write', () => {
  for (const text of ['', 'Monday', '2026-13-01T09:00', '2026-11-30 09:00', '2026-11-30T25:00', 9, undefined, null, '2026-11-30T09:00[Europe/Vienna]']) {
    assert.equal(dueOf(text, 'UTC').problems[0].pointer, '/at', String(text))
  }
  const wrong = (settings) => hoursProblems(JSON.stringify(settings)).map(({ pointer }) => pointer)
  assert.deepEqual(wrong({ zone: 'Mars/Olympus', quiet: '22-7' }), ['/zone', '/quiet'])
  assert.deepEqual(wrong({ zone: 'Europe/Vienna', quiet: '22:00-07:00' }), [])
  assert.deepEqual([wrong({ zone: '', quiet: '' }), wrong({}), hoursProblems('no JSON')], [[], [], []])
})

test('quiet hours are those of the zone, over midnight, too', () => {
  const quiet = (text, hours = '22:00-07:00', zone = 'Europe/Vienna') => isQuiet({ zone, quiet: hours }, Date.parse(text))
  // 22:00 in Vienna is 21:00 in winter and 20:00 in summer.
  assert.deepEqual(['2026-01-10T20:59:59Z', '2026-01-10T21:00:00Z', '2026-01-11T05:59:00Z', '2026-01-11T06:00:00Z'].map((text) => quiet(text)), [false, true, true, false])
  assert.deepEqual(['2026-07-10T19:59:00Z', '2026-07-10T20:00:00Z'].map((text) => quiet(text)), [false, true])
  assert.deepEqual(['2026-01-10T11:59:00Z', '2026-01-10T12:00:00Z', '2026-01-10T13:00:00Z'].map((text) => quiet(text, '12:00-13:00', 'UTC')), [false, true, false])
  assert.equal(quiet('2026-01-10T23:00:00Z', ''), false)
})
