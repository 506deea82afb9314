#!/usr/bin/env node
// `pointsman COMMAND`: what can be asked of a document on any machine with Node, over the same core that serves it.
// Each other file of this folder is a command: it exports `summary`, `help` and `run(args)`, which gives the exit code.
//
//   0  all is well        1  something is wrong with the document        2  the command could not do its work

import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { Complaint } from './inside/complaint.mjs'
import { paint } from './inside/paint.mjs'

const SELF = 'pointsman.mjs'
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== SELF)
  .map((file) => basename(file, '.mjs'))
  .sort()

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
  const asksForHelp = name === undefined || ['help', '--help', '-h'].includes(name)
  if (asksForHelp && args[0] === undefined) return say(await overview(), name === undefined ? 2 : 0)
  const wanted = asksForHelp ? args[0] : name
  const known = `There are ${names.join(', ')}.`
  if (!names.includes(wanted)) throw new Complaint(wanted, 'There is no such command.', known)
  const command = await import(`./${wanted}.mjs`)
  const ended = args.indexOf('--')
  const options = ended < 0 ? args : args.slice(0, ended)
  if (asksForHelp || options.some((option) => option === '--help' || option === '-h')) return say(command.help, 0)
  return command.run(args)
}

async function overview() {
  const line = async (name) => `  ${name.padEnd(10)} ${(await import(`./${name}.mjs`)).summary}`
  return `pointsman COMMAND [options]

${(await Promise.all(names.map(line))).join('\n')}

pointsman help COMMAND tells more. In this repository: npm run pointsman -- COMMAND`
}

function say(text, code) {
  const print = code === 0 ? console.log : console.error
  print(text.trim())
  return code
}
