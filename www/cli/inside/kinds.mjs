// Kinds of experiments, as the playbook offers them, and a plan begun with one.

import { Complaint } from './complaint.mjs'
import { good } from './engine.mjs'
import { paint, plain } from './paint.mjs'

/** Prints what kinds there are, and when to use each. */
export async function templates({ ask, values }) {
  const { templates } = good(await ask('GET', 'templates'))
  if (values.json) console.log(JSON.stringify({ templates }, null, 2))
  else for (const { key, name, when, own } of templates) console.log(`${paint.strong(key)}  ${plain(name)}${own ? ' (yours)' : ''}: ${plain(when)}`)
  return 0
}

/** Writes an idea down and begins its plan, with the kind of test that it is; gives what the engine has answered. */
export async function begun({ ask, values: { template: wanted, note = '' } }, title) {
  const { templates } = good(await ask('GET', 'templates'))
  const kind = templates.find(({ key }) => key === wanted)
  if (!kind) throw new Complaint('--template', wanted ? `There is no template “${wanted}”.` : 'It is not said which.', `There are ${templates.map(({ key }) => key).join(', ')}.`)
  const { key, revision } = good(await ask('POST', 'experiments', { body: JSON.stringify({ title, note }) }))
  const plan = {
    template: { key: kind.key, version: kind.version }, title, change: CHANGES[kind.change ?? 'words'],
    hypothesis: { by: kind.by ?? 0.15 }, guardrails: kind.rules.guardrails.map(({ metric }) => metric), ramp: kind.rules.ramp,
  }
  return ask('PUT', `experiments/${key}/plan`, { body: JSON.stringify(plan), seen: revision })
}

const CHANGES = { words: { kind: 'words', page: '/' }, pages: { kind: 'pages', page: '/' }, flag: { kind: 'flag' } }
