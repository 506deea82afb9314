// The race: the same landing page with the same new words, once put in by the edge and once by an asynchronous snippet
// in the page. Both lanes come from here by way of the edge, and each request of theirs takes as long as is asked for, so
// the only difference is who changes the words. Pages of the race are never cached.

import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** What both lanes change; the edge knows it from the published document, the snippet from its configuration. */
export const EDITS = [
  { select: '#headline', text: 'Roasted this morning, at your door tomorrow' },
  { select: '#cta', text: 'Choose today’s roast' },
]

export const FLAG = 'race-words'
const PAGE = { path: '/race/edge', flag: FLAG, variants: { on: EDITS.map(({ select, text }) => ({ select, change: { text } })) } }

/** A document by which the edge can change the words of its lane. It does where `otherwise` is `on`, and for shares of it. */
export function raced(document, otherwise = 'off') {
  const flag = {
    description: 'Whether the edge puts the new words into its lane of the race at /race', kind: 'boolean', client: true,
    variants: { on: true, off: false }, off: 'off', otherwise, rules: [],
  }
  return { ...document, flags: { ...document.flags, [FLAG]: flag }, pages: { ...document.pages, race: PAGE } }
}

/** Milliseconds that a request may be made to take. */
const LONGEST = 2000
const LANES = new Set(['edge', 'snippet'])
const FILE = /^\/race\/(\d+)\/([\w.-]+)$/

const file = (name) => readFile(new URL(`race/${name}`, import.meta.url), 'utf8')

/** Reads what the lanes need once. Gives what answers a URL: `{type, body, wait}`, or nothing. */
export async function race(pages) {
  const [recorder, snippet] = await Promise.all([file('recorder.js'), file('snippet.js')])
  const files = { 'snippet.js': ['text/javascript; charset=utf-8', snippet], 'config.json': ['application/json', JSON.stringify({ edits: EDITS })] }

  function answer({ pathname, searchParams }) {
    const lane = pathname.slice('/race/'.length)
    if (LANES.has(lane)) {
      const wait = bounded(searchParams.get('wait'))
      const hide = searchParams.get('hide') === '1'
      return { type: 'text/html; charset=utf-8', body: page(lane, wait, hide), wait }
    }
    const [, time, name] = FILE.exec(pathname) ?? []
    const wait = bounded(time)
    if (Object.hasOwn(files, name ?? '')) return { type: files[name][0], body: files[name][1], wait }
    const found = name && pages.get(`/${name}`)
    return found && { type: found.type, body: found.body, wait }
  }

  /** The landing page with a recorder first of all, and in one lane the snippet. */
  function page(lane, wait, hide) {
    const tag = `<script async src="/race/${wait}/snippet.js"></script>`
    const veil = hide ? '<style id="veil">html{opacity:0}</style>' : ''
    return pages.get('/').body.toString()
      .replace('<head>', `<head><script>${recorder}</script>${lane === 'snippet' ? veil + tag : ''}`)
      .replaceAll(/(href|src)="\/(shop\.\w+)"/g, `$1="/race/${wait}/$2"`)
      .replace('<h1 id="headline"', '<h1 id="headline" elementtiming="headline"')
  }

  return {
    /** Answers a request of the race, after the time that it is to take; tells whether it was one. */
    async take(request, response) {
      const found = request.method === 'GET' && request.url.startsWith('/race/') && answer(new URL(request.url, 'http://race'))
      if (!found) return false
      await pause(found.wait)
      response.writeHead(200, { 'content-type': found.type, 'cache-control': 'no-store' }).end(found.body)
      return true
    },
  }
}

const bounded = (text) => Math.min(LONGEST, Number.parseInt(text, 10) || 0)
