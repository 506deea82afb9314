// The site that `pointsman dev` serves where no other was named: one page that shows what was decided for its visitor.

import { once } from 'node:events'
import { createServer } from 'node:http'

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Pointsman</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
  code { overflow-wrap: anywhere }
</style>
<h1>What was decided for you</h1>
<table hidden>
  <thead><tr><th scope="col">flag<th scope="col">value<th scope="col">variant<th scope="col">why</thead>
  <tbody></tbody>
</table>
<p id="none">No flag may be known by browsers yet: a flag with <code>"client": true</code> in the document is shown here.</p>
<p>The edge put this into the page before it left; no request was made for it. Change the document, and this page changes.
In a private window you are somebody else. <code>--origin http://localhost:3000</code> puts the edge before a site of your
own, where <code>open(inlined())</code> reads the same.</p>
<script type="module">
  const carried = document.querySelector('[data-id=pointsman]')
  const { config, flags = {} } = carried ? JSON.parse(carried.textContent) : {}
  const body = document.querySelector('tbody')
  for (const [key, { value, variant, reason }] of Object.entries(flags)) {
    const row = body.insertRow()
    row.id = key
    for (const text of [key, JSON.stringify(value), variant, reason]) row.insertCell().textContent = text
  }
  document.querySelector('table').hidden = body.rows.length === 0
  document.querySelector('#none').hidden = body.rows.length > 0
  let seen = config
  setInterval(async () => {
    const response = await fetch('/_pm/health').catch(() => undefined)
    if (!response?.ok) return
    const { version } = await response.json()
    if (seen !== undefined && version !== seen) location.reload()
    seen = version
  }, 1000)
</script>
`

/** Serves it on a free port of this machine; gives `{port, close}`. */
export async function servePage() {
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'text/html; charset=utf-8').setHeader('cache-control', 'no-store').end(PAGE)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: server.address().port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
