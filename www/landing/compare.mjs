// What was delivered beside what the reports say.

import { setTimeout as wait } from 'node:timers/promises'

/** What the reports of a site's environment say, in the form of `counts.runs`. */
export async function reported(url, console_, token) {
  const ask = async (path) => {
    const response = await fetch(new URL(path, console_), { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`${console_}${path} answers ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const { projects } = await ask('/api/v1/projects')
  const here = projects.flatMap(({ key, environments }) => environments.map((environment) => ({ ...environment, project: key })))
    .find(({ site }) => site && new URL(site).host === new URL(url).host)
  if (!here) throw new Error(`${console_} knows no site at ${url}`)
  const api = `/api/v1/projects/${here.project}/environments/${here.key}`
  const runs = {}
  for (const key of (await ask(`${api}/experiments`)).experiments) {
    const { report } = await ask(`${api}/experiments/${encodeURIComponent(key)}/report`).catch(() => ({}))
    if (report) runs[report.run] = Object.fromEntries(report.arms.map((arm) => [arm.variant, arm]))
  }
  return runs
}

/** Rows of what was delivered beside what the reports have gained meanwhile. */
function compare(delivered, before, after) {
  const rows = []
  for (const [run, arms] of Object.entries(delivered)) {
    for (const [variant, arm] of Object.entries(arms)) {
      for (const [name, n] of Object.entries(arm)) {
        const gained = (after[run]?.[variant]?.[name] ?? 0) - (before[run]?.[variant]?.[name] ?? 0)
        rows.push({ run, variant, name, delivered: n, reported: gained, same: n === gained })
      }
    }
  }
  return rows
}

/** The comparison, after the edge's own assignments have come in: they are written when the page has left already. */
export async function settled(delivered, before, { url, console: console_, token }) {
  let rows = []
  for (let tries = 0; tries < 20; tries++) {
    rows = compare(delivered, before, await reported(url, console_, token))
    if (rows.every(({ same }) => same)) break
    await wait(100)
  }
  return rows
}

/** Prints the comparison for people. */
export function printComparison(rows) {
  const wrong = rows.filter(({ same }) => !same)
  console.log(wrong.length ? 'The report differs from what was delivered:' : 'The report says exactly what was delivered.')
  for (const { run, variant, name, delivered, reported } of wrong) {
    console.log(`  ${run} ${variant} ${name}: ${delivered} delivered, ${reported} reported`)
  }
}
