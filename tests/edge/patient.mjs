// The Worker as it is, but for its haste: where an isolate's first pages wait 50 ms for their configuration, and a redirect
// for the collector, it waits a minute. What happens in time then happens on a machine of any speed.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'

/** `configure` for a product that keeps its state in `folder`. */
export const patient = (folder) => (text) => ['config.mjs', 'leave.mjs'].reduce((all, name) => {
  const [before, after, ...more] = readFileSync(join(root, 'dist/worker', name), 'utf8').split('=50,')
  if (after === undefined || more.length) throw new Error(`worker/${name} waits for something else now`)
  writeFileSync(join(folder, name), `${before}=60000,${after}`)
  return all.replace(new RegExp(`embed "[^"]*worker/${name}"`), `embed "${name}"`)
}, text)
