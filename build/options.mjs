// Options of our commands: what is not known or not a number is said in one line, with where to look.

import { parseArgs } from 'node:util'

/** Reads the command line, or prints the help text or what is wrong, and ends. `numbers` names the numeric options. */
export function options({ help, numbers = [], ...config }) {
  let parsed
  try {
    parsed = parseArgs({ ...config, options: { ...config.options, help: { type: 'boolean' } } })
    for (const name of numbers) {
      const value = parsed.values[name]
      if (value !== undefined && !(value.trim() && Number(value) >= 0)) throw new Error(`--${name} is a number; ${value} is none.`)
    }
  } catch (error) {
    console.error(`${error.message.split('. To specify')[0]}\n--help says what there is.`)
    process.exit(2)
  }
  if (parsed.values.help) {
    console.log(help)
    process.exit(0)
  }
  return parsed
}
