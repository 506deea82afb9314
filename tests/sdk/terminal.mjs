// A project with one plan, and the package's command as somebody types it.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'

export const DOCUMENT = {
  format: 1,
  flags: { gift: { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off' } },
  metrics: { orders: { event: 'order' }, errors: { event: 'error' } },
}
export const PLAN = {
  title: 'Fresh words',
  change: { kind: 'words', page: '/', edits: [{ select: '#headline', from: 'Coffee', text: 'Roasted this morning' }] },
  hypothesis: { change: 'promise freshness', metric: 'orders', direction: 'up', by: 0.3, because: 'fresh is good' },
  guardrails: ['errors'], base: 0.3,
}

/** What a terminal in the folder `cwd` knows of where the engine is. */
export const knowing = (cwd, { token, console: address = '', project = '' }) =>
  ({ ...process.env, POINTSMAN_TOKEN: token, POINTSMAN_CONSOLE: address, ...(project && { POINTSMAN_PROJECT: project }), INIT_CWD: cwd })

/** What a command ends with and says; with `json` also as data, `said`. This process stands still meanwhile. */
export function typed(args, { env, json = false, input }) {
  const command = [join(root, 'build/pointsman.mjs'), ...args, ...(json ? ['--json'] : [])]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8', input })
  return { status, stderr, stdout, ...(json && stdout && { said: JSON.parse(stdout) }) }
}
