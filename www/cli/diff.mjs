// `pointsman diff OLD NEW`: who would meet what in place of what.

import { diff } from 'pointsman/tools'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { named, text } from './inside/input.mjs'
import { options, time, twice } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'

export const summary = 'Who would meet something else? The exact shares of units that move from variant to variant.'

export const help = `pointsman diff OLD NEW [--now TIME] [--counts FILE] [--json]

Compares what two documents serve, flag by flag. Nobody is sampled: rollouts, runs, splits, layers and holdouts are
ranges of draws, so the share of units that move is arithmetic, and exact. What depends on the visitor (conditions,
prerequisites, and draws of other attributes than "unit") tells paths apart, and each path has its own shares. Up to ten
such truths are looked at in all their combinations. Units that are forced by name are counted one by one.

  OLD, NEW       the documents; - is standard input
  --now TIME     windows and ramps as they are then: milliseconds or RFC 3339; if it is left out, each may have begun or
                 not, and both are looked at
  --counts FILE  {"FLAG": {"PATH": VISITORS}}: gives an estimate for the whole audience. A path's name is the sorted
                 list of the pointers of what holds in NEW, with spaces between them; "" is where nothing holds
  --json         {"changes": [{"flag", "state", "looked", "paths": [{"name", "holds", "fails", "share", "moves"}],
                 "forced": [{"from", "to", "ids"}], "estimate"}]}; shares are parts of 4294967296 (2^32), and of a
                 move's "kind" one that brings people what they did not meet is a gain

Ends with 0 if nobody moves, with 1 if somebody does or a document does not compile, with 2 if something could not be
read.

  $ npx pointsman diff published.json shop.json
  hero: at most 20.00 % of the units move (the worst of 2 paths)
    if {"equals":{"attribute":"country","value":"NZ"}}
      old -> new   20.00 %`

const ALL = 2 ** 32

export async function run(args) {
  const config = { now: { type: 'string' }, counts: { type: 'string' } }
  const { values, operands: [before, after] } = options('diff', args, ['OLD', 'NEW'], config)
  if (before === '-' && after === '-') throw twice()
  const now = values.now === undefined ? undefined : time('--now', values.now)
  const counts = values.counts === undefined ? undefined : visitors(values.counts)
  const { changes, problems, in: part } = await diff(text(before), text(after), { now, counts })
  if (problems) return tell(part === 'old' ? before : after, problems, values.json)
  if (values.json) console.log(JSON.stringify({ changes }, null, 2))
  else printAll(changes)
  return changes.some(({ state }) => state !== 'unchanged') ? 1 : 0
}

/** Paths of one flag that people read. */
const SHOWN = 3

/** What moves most comes first; flags that nothing happens to are one line. */
function printAll(changes) {
  const share = ({ state, paths: [worst] }) => (state === 'unknown' ? Infinity : worst?.share ?? 0)
  const still = changes.filter(({ state, estimate }) => state === 'unchanged' && !estimate)
  const others = changes.filter((change) => !still.includes(change))
  others.sort((one, other) => share(other) - share(one)).forEach(print)
  if (still.length === 1) print(still[0])
  else if (still.length) console.log(paint.faint(`${still.length}${others.length ? ' other' : ''} flags: nobody moves`))
}

function print({ flag, state, looked, paths, forced = [], estimate }) {
  const [worst] = paths
  // Where there is one path its share is that of all.
  const [most, names] = looked > 1 && worst ? ['at most ', ` (the worst of ${counted(looked, 'path')})`] : ['', '']
  const known = {
    added: `is new${worst ? `; ${most}${percent(worst.share)} of the units meet something else than its off variant` : ''}`,
    changed: worst ? `${most}${percent(worst.share)} of the units move` : 'only units that are forced by name may move',
    removed: 'is removed; whoever asks for it gets the default in the code',
    unchanged: 'nobody moves',
    unknown: 'has too many conditions to look at all their combinations; take it for a change for everybody',
  }
  const paintOf = { unchanged: paint.faint, unknown: paint.wrong }[state] ?? paint.strong
  console.log(`${paintOf(flag)}: ${known[state]}${names}`)
  for (const { holds, fails, moves } of paths.slice(0, SHOWN)) {
    const said = [...holds.map((words) => `if ${words}`), ...fails.map((words) => `unless ${words}`)]
    console.log(`  ${said.join('\n  ') || 'everybody'}`)
    for (const { from, to, share } of moves) console.log(`    ${from} -> ${to === from ? `${to}, changed` : to}   ${percent(share)}`)
  }
  if (paths.length > SHOWN) console.log(paint.faint(`  and ${counted(paths.length - SHOWN, 'more path')}, on which fewer move; --json has them all`))
  for (const { from, to, ids } of forced) {
    const end = (variant) => variant ?? 'what the rules say'
    console.log(`  forced by name: ${end(from)} -> ${from === to ? `${to}, changed` : end(to)}   ${counted(ids, 'unit')}`)
  }
  if (estimate) {
    const other = estimate.unknown > 0 ? `; ${estimate.unknown} on paths that are not known count as moved` : ''
    console.log(`  estimate: ${percent(estimate.share)} of the whole audience, by ${estimate.of} visitors${other}`)
  }
}

/** A share with two decimals; only nobody is 0 % and only everybody 100 %. */
function percent(share) {
  if (share > 0 && share < ALL / 20_000) return 'less than 0.01 %'
  if (share < ALL && share >= ALL * (1 - 1 / 20_000)) return 'more than 99.99 %'
  return `${(share / ALL * 100).toFixed(2)} %`
}

function visitors(path) {
  const sound = (value) => value !== null && typeof value === 'object' && !Array.isArray(value)
  const count = (value) => Number.isSafeInteger(value) && value >= 0
  let all
  try {
    all = JSON.parse(text(path))
  } catch (error) {
    if (error instanceof Complaint) throw error
  }
  if (sound(all) && Object.values(all).every((paths) => sound(paths) && Object.values(paths).every(count))) return all
  throw new Complaint(named(path), 'These are no counts of visitors.', 'Write {"FLAG": {"PATH": VISITORS}}.')
}
