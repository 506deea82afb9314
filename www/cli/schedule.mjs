// `pointsman schedule`: what starts, stops or changes at an hour of the project's zone.

import { Complaint } from './inside/complaint.mjs'
import { verbOf } from './inside/done.mjs'
import { engine, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Starts, stops or changes something at an hour, and tells what waits for one.'

export const help = `pointsman schedule VERB [options]

  list                     what waits for its hour, the next one first
  start KEY AT             starts an approved experiment; everything is checked again then
  stop KEY AT --why TEXT   stops one
  flag KEY AT              changes a flag of production, or of --environment: --on, --off or --share 25
  cancel NUMBER            takes back what list tells by that number

AT is what clocks show in the project's zone, which stands under Setup, Integrations: 2026-11-30T09:00. What is refused
at its hour is told as a message, and not tried again.

${WHERE_HELP}
  --json          {"zone", "planned": [{"id", "due", "at", "zone", "method", "path", "body", "who"}]}

Ends with 0 if it was done, with 1 if it was refused, and with 2 if the engine could not be asked.

  $ npx pointsman schedule start fresh-hero 2026-11-30T09:00
  3  2026-11-30T09:00 Europe/Vienna  experiments/fresh-hero/start, planned by Ada`

const VERBS = {
  list: { operands: [], call: () => undefined },
  start: { operands: ['KEY', 'AT'], call: ([key, at]) => ({ at, method: 'POST', path: `experiments/${keyed(key, 'KEY')}/start`, body: {} }) },
  stop: { operands: ['KEY', 'AT'], call: ([key, at], { why = '' }) => ({ at, method: 'POST', path: `experiments/${keyed(key, 'KEY')}/stop`, body: { why } }) },
  flag: {
    operands: ['KEY', 'AT'],
    call: ([key, at], { environment = 'production', ...change }) => ({ at, method: 'PUT', path: `environments/${environment}/flags/${keyed(key, 'KEY')}`, body: changeOf(change) }),
  },
  cancel: { operands: ['NUMBER'] },
}

export async function run([verb, ...args]) {
  const { operands: names, call } = verbOf('schedule', VERBS, verb)
  const { values, operands } = options('schedule', args, names, {
    ...WHERE, why: { type: 'string' }, environment: { type: 'string' }, on: { type: 'boolean' }, off: { type: 'boolean' }, share: { type: 'string' },
  })
  const planned = call?.(operands, values)
  if (!call && !/^\d+$/.test(operands[0])) throw new Complaint('NUMBER', `“${operands[0]}” is no number.`, 'pointsman schedule list tells it.')
  const to = await engine(values)
  const answer = await (planned ? to.ask('POST', 'schedule', { body: JSON.stringify(planned) }) : call ? to.ask('GET', 'schedule') : to.ask('POST', `schedule/${operands[0]}/cancel`, { body: '{}' }))
  if (answer.status >= 300 && answer.status < 500 && verb !== 'list') {
    const { detail, fix = '', problems = [] } = answer.answer
    console.error(`It is refused: ${plain(problems.map(({ cause, fix }) => `${cause} ${fix}`).join(' ') || `${detail} ${fix}`)}`)
    return 1
  }
  const said = good(answer)
  if (values.json) console.log(JSON.stringify({ zone: said.zone, planned: said.planned }, null, 2))
  else if (said.planned.length) for (const one of said.planned) console.log(`${paint.strong(one.id)}  ${plain(one.at)} ${plain(one.zone)}  ${plain(one.path)}${worded(one.body)}, planned by ${plain(one.who)}`)
  else console.log('Nothing waits for an hour.')
  return 0
}

const worded = (body) => Object.entries(body).filter(([, value]) => value !== '').map(([name, value]) => ` ${plain(`${name} ${value}`)}`).join('')

/** The change of a flag that options name. */
function changeOf({ on, off, share }) {
  if ([on, off, share !== undefined].filter(Boolean).length !== 1) throw new Complaint('schedule', 'It is not said what changes.', 'Give one of --on, --off and --share 25.')
  if (share === undefined) return { enabled: Boolean(on) }
  if (!/^\d+(\.\d+)?$/.test(share) || Number(share) > 100) throw new Complaint('--share', `“${share}” is no percentage.`, 'Give one from 0 to 100.')
  return { share: Number(share) / 100 }
}
