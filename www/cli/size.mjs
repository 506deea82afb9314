// `pointsman size`: how many visitors an experiment needs, and how long that takes.

import { detectable, size } from 'pointsman/tools'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { options } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'

export const summary = 'How long does an experiment take? Visitors and days, or what shows in the days that there are.'

export const help = `pointsman size --base SHARE (--lift SHARE | --days N) [--traffic N] [--arms N] [--power SHARE] [--json]

Says how many visitors an experiment needs until its report shows a change, or which change shows in the time that there
is. Reports may be read every day, and these numbers know that: a real change is often found sooner.

  --base SHARE   how many visitors do it now: 4% or 0.04
  --lift SHARE   the smallest change worth finding, relative to that: 10% is from 4 % to 4.4 %; -10% is a drop
  --traffic N    visitors a day who can come into the experiment, all variants together
  --days N       in place of --lift: what shows in so many days?
  --arms N       variants, control included (2)
  --power SHARE  the chance to find the change if it is there (80%)
  --json         {"base", "lift", "rate", "power", "arms", "perArm", "total", "perDay", "days", "weeks"}

Ends with 0, or with 2 if there is no answer.

  $ npx pointsman size --base 4% --lift 10% --traffic 5000
  From 4 % to 4.4 %, a lift of 10 %, shows in 8 of 10 experiments with
    87,083 visitors in each of 2 variants, 174,166 in all;
    35 days at 5,000 visitors a day: plan 5 whole weeks.`

/** What the options are called where the numbers are made. */
const OPTIONS = { '/base': '--base', '/lift': '--lift', '/power': '--power', '/arms': '--arms', '/perDay': '--traffic', '/days': '--days' }

export async function run(args) {
  const names = ['base', 'lift', 'traffic', 'days', 'arms', 'power']
  // An option's value may begin with a minus, which is no option then.
  const joined = args.map((arg, at) => (/^--lift$/.test(arg) && /^-\d/.test(args[at + 1]) ? `${arg}=${args[at + 1]}` : arg))
    .filter((arg, at) => !(/^-\d/.test(arg) && args[at - 1] === '--lift'))
  const { values } = options('size', joined, [], Object.fromEntries(names.map((name) => [name, { type: 'string' }])))
  const given = Object.fromEntries(names.map((name) => [name, number(name, values[name])]))
  const { base, lift, traffic: perDay, days, arms, power } = given
  if (base === undefined) throw new Complaint('--base', 'It is missing.', 'Say how many visitors do it now, such as --base 4%.')
  if (lift === undefined && days === undefined) {
    throw new Complaint('--lift', 'It is missing.', 'Say the change worth finding, such as --lift 10%, or the time: --traffic 5000 --days 14.')
  }
  if (lift !== undefined && days !== undefined) throw new Complaint('--days', 'Either the change or the time is asked for.', 'Leave one out.')
  const plan = lift === undefined ? await detectable({ base, perDay, days, arms, power }) : await size({ base, lift, perDay, arms, power })
  if (plan.problems) {
    const [{ pointer, cause, fix }] = plan.problems
    throw new Complaint(OPTIONS[pointer] ?? 'size', cause, fix)
  }
  if (values.json) console.log(JSON.stringify(plan, null, 2))
  else console.log(lift === undefined ? found({ ...plan, perDay, days }) : needed(plan))
  return 0
}

const whole = (number) => Math.round(number).toLocaleString('en')
const percent = (share) => `${Number((share * 100).toPrecision(3))} %`
const change = ({ base, lift, rate }) => `From ${percent(base)} to ${percent(rate)}, a ${lift > 0 ? 'lift' : 'drop'} of ${percent(Math.abs(lift))}`
const visitors = ({ perArm, total, arms }) => `${paint.strong(`${whole(perArm)} visitors`)} in each of ${arms} variants, ${whole(total)} in all`
/** 0.8 as "8 of 10", 0.75 as "75 of 100". */
const chance = (power) => (Number.isInteger(Math.round(power * 1e9) / 1e8) ? `${Math.round(power * 10)} of 10` : `${Number((power * 100).toPrecision(3))} of 100`)

function needed(plan) {
  const lines = [`${change(plan)}, shows in ${chance(plan.power)} experiments with`]
  const { perDay, days, weeks } = plan
  lines.push(`  ${visitors(plan)}${perDay === undefined ? '.' : ';'}`)
  if (perDay !== undefined) lines.push(`  ${paint.strong(count(days, 'day'))} at ${whole(perDay)} visitors a day: plan ${count(weeks, 'whole week')}.`)
  else lines.push('  --traffic N says how long that takes.')
  return lines.join('\n')
}

const found = (plan) => `In ${count(plan.days, 'day')} at ${whole(plan.perDay)} visitors a day:
  ${visitors(plan)};
  ${paint.strong(change(plan).replace('F', 'f'))} or more, shows in ${chance(plan.power)} experiments.`

const count = (number, noun) => counted(number, noun, whole)

/** A number, or a share as a percentage. */
function number(name, text) {
  if (text === undefined) return undefined
  const [, digits, sign] = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%?)$/.exec(text.trim()) ?? []
  if (digits !== undefined) return sign ? Number(digits) / 100 : Number(digits)
  throw new Complaint(`--${name}`, `${text} is no number.`, 'Write it as 5000, 0.04 or 4%.')
}
