// Where people and products meet in tests: one browser, profiles for people, products of their own, and what a report
// says of them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { launch } from './chromium.mjs'

/** A browser and the folders of the products that run beside it. */
export async function stage() {
  const browser = await launch()
  const folders = []
  return {
    /** A product of its own that serves this document in front of that origin. */
    async running(originPort, document, options) {
      const folder = mkdtempSync(join(tmpdir(), 'pointsman-visit-'))
      folders.push(folder)
      const own = await start({ folder, originPort, quiet: true, environment: 'development', ...options })
      await served(own, (await publish(own, document)).version)
      return own
    },

    /** Runs `work` with a new person's browser profile. */
    async person(work, options) {
      const context = await browser.newContext(options)
      context.setDefaultTimeout(10_000)
      try {
        return await work(context)
      } finally {
        await context.close()
      }
    },

    async close() {
      await browser.close()
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs in a page before anything else: it is as if the browser had rendered the page ahead, until `hidden_` ends. */
export function prerender() {
  globalThis.hidden_ = true
  Object.defineProperty(Document.prototype, 'prerendering', { get: () => globalThis.hidden_ })
}

/** The report's counts over all variants. */
export async function counts(of) {
  const { report } = await (await of.api('GET', 'experiments/hero/report')).json()
  const total = (name) => report.arms.reduce((sum, arm) => sum + arm[name], 0)
  return { assigned: total('assigned'), confirmed: total('confirmed'), converted: total('converted'), crossed: total('crossed') }
}

export async function ledger(of) {
  const { stored, duplicate, rejected, filtered } = await (await of.api('GET', 'ledger')).json()
  return { stored, duplicate, rejected, filtered }
}

/** Waits until the counts have grown by what is `due` since `before`. */
export async function grown(before, due, of) {
  let growth
  await eventually(async () => {
    const now = await counts(of)
    growth = Object.fromEntries(Object.keys(due).map((name) => [name, now[name] - before[name]]))
    return JSON.stringify(growth) === JSON.stringify(due)
  })
  assert.deepEqual(growth, due, JSON.stringify(await ledger(of)))
}
