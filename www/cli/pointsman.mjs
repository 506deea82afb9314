#!/usr/bin/env node
// `pointsman COMMAND`: what can be asked of a document on any machine with Node, over the same core that serves it.
// A command is a module with `summary`, `help` and `run(args)`, which gives the exit code.
//
//   0  all is well        1  something is wrong with the document        2  the command could not do its work

import { readFileSync } from 'node:fs'
import { Complaint } from './inside/complaint.mjs'
import { paint } from './inside/paint.mjs'

/** In the order in which people need them. */
const commands = {
  init: () => import('./init.mjs'),
  check: () => import('./check.mjs'),
  types: () => import('./types.mjs'),
  dev: () => import('./dev.mjs'),
  explain: () => import('./explain.mjs'),
  diff: () => import('./diff.mjs'),
  lint: () => import('./lint.mjs'),
  rehearse: () => import('./rehearse.mjs'),
  prune: () => import('./prune.mjs'),
  size: () => import('./size.mjs'),
  pull: () => import('./pull.mjs'),
  plan: () => import('./plan.mjs'),
  push: () => import('./push.mjs'),
  idea: () => import('./idea.mjs'),
  experiment: () => import('./experiment.mjs'),
  schedule: () => import('./schedule.mjs'),
  calendar: () => import('./calendar.mjs'),
  team: () => import('./team.mjs'),
  follow: () => import('./follow.mjs'),
  library: () => import('./library.mjs'),
  notify: () => import('./notify.mjs'),
  tickets: () => import('./tickets.mjs'),
  invite: () => import('./invite.mjs'),
  export: () => import('./export.mjs'),
  import: () => import('./import.mjs'),
  audit: () => import('./audit.mjs'),
}
const names = Object.keys(commands)

// Whoever reads only the first lines (`| head`) is no error.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0)
})

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  const known = error instanceof Complaint
  console.error(`${paint.bad('pointsman')}: ${known ? error.message : `This is an error of ours. ${error.stack}`}`)
  return 2
})

async function main([name, ...args]) {
  if (name === '--version') return say(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version, 0)
  const isOption = (word) => word === '--help' || word === '-h'
  const isHelp = (word) => word === 'help' || isOption(word)
  const asksForHelp = name === undefined || isHelp(name)
  if (asksForHelp && (args[0] === undefined || isHelp(args[0]))) return say(await overview(), name === undefined ? 2 : 0)
  const wanted = asksForHelp ? args[0] : name
  if (!Object.hasOwn(commands, wanted)) throw new Complaint(wanted, 'There is no such command.', `There are ${names.join(', ')}.`)
  const command = await commands[wanted]()
  const ended = args.indexOf('--')
  const options = ended < 0 ? args : args.slice(0, ended)
  if (asksForHelp || options.some(isOption)) return say(command.help, 0)
  return command.run(args)
}

async function overview() {
  const line = async (name) => `  ${name.padEnd(11)} ${(await commands[name]()).summary}`
  return `pointsman COMMAND [options]

${(await Promise.all(names.map(line))).join('\n')}

pointsman help COMMAND tells more. It begins with pointsman init.`
}

function say(text, code) {
  const print = code === 0 ? console.log : console.error
  print(text.trim())
  return code
}
