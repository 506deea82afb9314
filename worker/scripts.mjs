// The scripts that pages load from us: the edge's own on pages that it serves, and that of one tag for all others, with
// what it fetches from the same folder.

import auto from './auto.txt'
import connect from './connect.txt'
import evaluator from './evaluator-js.txt'
import goals from './goals.txt'
import index from './index.txt'
import page from './page.txt'
import preview from './preview.txt'
import survey from './survey.txt'
import unsent from './unsent.txt'
import { open } from './cors.mjs'

const SCRIPTS = new Map(Object.entries({
  'p.js': page, 'g.js': goals, 'o.js': preview, 'v.js': survey,
  'auto.js': auto, 'connect.js': connect, 'index.js': index, 'evaluator-js.js': evaluator, 'unsent.js': unsent,
}))

/** The answer with the script at a path below our prefix, or nothing if there is none. Pages of every site may load it. */
export const scriptAt = (path) => SCRIPTS.has(path) ? open(new Response(SCRIPTS.get(path), {
  headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=300' },
})) : undefined
