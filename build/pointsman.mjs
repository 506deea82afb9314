// `npm run pointsman -- COMMAND`: the command line of the package as it is built here. npm starts it in this repository;
// paths are those of whoever called npm.

import { existsSync } from 'node:fs'

const command = new URL('../dist/npm/cli/pointsman.js', import.meta.url)
process.chdir(process.env.INIT_CWD ?? '.')
if (existsSync(command)) await import(command)
else {
  console.error('pointsman: dist/ is not there: the command line has not been built. npm run build does it.')
  process.exitCode = 2
}
