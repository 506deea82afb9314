// `pointsman notify VERB`: where messages go, and whether they arrive.

import { Complaint } from './inside/complaint.mjs'
import { done, verbOf } from './inside/done.mjs'
import { engine, good, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Sends a test message to a channel, and says whether it arrived.'

export const help = `pointsman notify VERB [options]

  list           the places that messages go to
  test [NAME]    sends a test to the place of that name or number, or to all; takes an admin

${WHERE_HELP}
  --json         list: {"channels"}; test: [{"channel", "delivered", "why"}]

Ends with 0 if all arrived, with 1 if one did not or it was refused, and with 2 if the engine could not be asked.

  $ npx pointsman notify test "#experiments"`

const VERBS = {
  list: { operands: [], run: async (at) => done(at, await at.ask('GET', 'channels'), listed) },
  test: { operands: ['NAME'], run: tried },
}

export async function run([verb, ...args]) {
  const { operands: names, run: work } = verbOf('notify', VERBS, verb)
  const { values, operands } = options('notify', args, names, WHERE, [''])
  return work({ ...(await engine(values)), values }, operands)
}

async function tried(at, [name]) {
  const { channels } = good(await at.ask('GET', 'channels'))
  const meant = channels.filter((channel) => !name || channel.name === name || String(channel.id) === name)
  if (!meant.length) {
    const fix = channels.length ? `There are ${channels.map((channel) => channel.name).join(', ')}.` : 'Setup, Integrations connects the first one.'
    throw new Complaint('NAME', name ? `There is no channel ${name}.` : 'There is no channel yet.', fix)
  }
  const told = []
  for (const { id, name: channel } of meant) {
    const answer = await at.ask('POST', `channels/${id}/test`, { body: '{}' })
    if (answer.status >= 300) return done(at, answer)
    told.push({ channel, ...answer.answer })
  }
  if (at.values.json) console.log(JSON.stringify(told, null, 2))
  else for (const { channel, delivered, why } of told) console.log(`${paint.strong(plain(channel))}: ${delivered ? 'it arrived' : paint.bad(plain(why))}`)
  return told.every(({ delivered }) => delivered) ? 0 : 1
}

const listed = ({ channels }) => (channels.length ? channels.map(line).join('\n') : 'There is no channel yet: Setup, Integrations connects the first one.')

const line = ({ id, name, service, to }) => `${paint.strong(plain(name))}  ${id}, ${service}${to ? `, ${plain(to)}` : ''}`
