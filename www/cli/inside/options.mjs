// The options of a command: what is not known is said in one line.

import { parseArgs } from 'node:util'
import { Complaint } from './complaint.mjs'

/**
 * Reads `args`; `files` names the operands, and `otherwise` what the last ones are if they are left out. Gives
 * `{values, operands}`.
 */
export function options(command, args, files, config = {}, otherwise = []) {
  let parsed
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { ...config, json: { type: 'boolean' } } })
  } catch ({ message }) {
    throw new Complaint(command, `${message.split('. To specify')[0].replace(/\.$/, '')}.`, help(command))
  }
  const { values, positionals } = parsed
  const left = files.length - positionals.length
  const operands = left > 0 && left <= otherwise.length ? [...positionals, ...otherwise.slice(-left)] : positionals
  const missing = files[operands.length]
  if (missing) throw new Complaint(command, `${missing} is missing.`, help(command))
  if (operands.length > files.length) {
    throw new Complaint(command, `${operands[files.length]} is one operand too many.`, help(command))
  }
  return { values, operands }
}

const help = (command) => `pointsman help ${command} says what there is.`

/** What is wrong where two operands are standard input. */
export const twice = () => new Complaint('-', 'Standard input cannot be both.', 'Give one of them as a file.')

const TIME = /^(\d{4}-\d\d)-(\d\d)([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/

/** A time in milliseconds since 1970, from such a number or RFC 3339; the present, if there is none. */
export function time(option, text) {
  if (text === undefined) return Date.now()
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  const [, month, day] = TIME.exec(text) ?? []
  // JavaScript takes 30 February for 2 March.
  const exists = month && new Date(`${month}-01T00:00Z`).getTime() + (day - 1) * 86_400_000
  const time = exists && new Date(exists).toISOString().startsWith(month) ? Date.parse(text.toUpperCase()) : Number.NaN
  if (!Number.isNaN(time)) return time
  const fix = 'Give milliseconds since 1970, or a time such as 2026-11-22T10:00:00Z.'
  throw new Complaint(option, `${text} is no time.`, fix)
}
