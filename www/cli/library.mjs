// `pointsman library VERB`: what was learned, here and before, and what the team holds to be so.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { done, verbOf } from './inside/done.mjs'
import { engine, good, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { text } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'
import { batches, FIELDS, guessed, placed, recordsOf, sourceOf } from './inside/past.mjs'

export const summary = 'Finds what was learned, writes claims, and brings in past experiments.'

const NAMES = FIELDS.map(({ name }) => name)

export const help = `pointsman library VERB [options]

  search [WORDS]           what was learned of some words; everything without
  claims [WORDS]           what the team holds to be so, with what speaks for it and against it
  claim TEXT               writes a claim
  import PATH              takes in past experiments: a table (CSV), a file of Markdown with front matter, or a folder
                           of either. They are marked as imported and not verified wherever they show. Sent twice
                           they are there once; what has changed takes the place of what was there. All or none

  --for KEY, --against KEY   an experiment that speaks for the claim or against it; may be given several times
  --map FIELD=COLUMN       from which column a field is read, where its name does not say it; FIELD= for none. Fields:
                           ${NAMES.slice(0, 8).join(', ')},
                           ${NAMES.slice(8).join(', ')}
  --dry-run                says what an import would do, and does nothing
${WHERE_HELP}
  --json                   search: {"cards", "known"}; claims and claim: {"claims"}; import: {"imported", "added",
                           "changed", "same", "mapping", "problems": [{"place", "cause", "fix"}]}

Ends with 0 if it was done, with 1 if something is wrong, each place named by file and line, and with 2 if the engine
could not be asked.

  $ npx pointsman library import experiments.csv --map found="What came of it" --dry-run`

const VERBS = {
  search: { operands: ['WORDS'], run: search },
  claims: { operands: ['WORDS'], run: claims },
  claim: { operands: ['TEXT'], run: claim },
  import: { operands: ['PATH'], run: bring },
}

export async function run([verb, ...args]) {
  const { operands: names, run: work } = verbOf('library', VERBS, verb)
  const several = { type: 'string', multiple: true }
  const { values, operands } = options('library', args, names, {
    ...WHERE, for: several, against: several, map: several, 'dry-run': { type: 'boolean' },
  }, names[0] === 'WORDS' ? [''] : [])
  return work(values, operands)
}

const at = async (values) => ({ ...(await engine(values)), values })
const query = (q) => (q ? `?${new URLSearchParams({ q })}` : '')

async function search(values, [words]) {
  const found = good(await (await at(values)).ask('GET', `library${query(words)}`))
  if (values.json) console.log(JSON.stringify(found, null, 2))
  else if (!found.cards.length) console.log(words ? `Nothing speaks of “${plain(words)}”.` : 'The library is still empty.')
  else for (const { key, title, headline, words } of found.cards) console.log(`${paint.strong(key)}  ${plain(title)}\n  ${plain(`${headline}. ${words}`)}`)
  return 0
}

async function claims(values, [words]) {
  const found = good(await (await at(values)).ask('GET', `claims${query(words)}`))
  console.log(values.json ? JSON.stringify(found, null, 2) : told(found))
  return 0
}

async function claim(values, [text]) {
  const to = await at(values)
  return done(to, await to.ask('POST', 'claims', { body: JSON.stringify({ text, for: values.for ?? [], against: values.against ?? [] }) }), ({ claims }) => told({ claims: claims.slice(0, 1) }))
}

function told({ claims }) {
  if (!claims.length) return 'Nobody has written a claim of that: pointsman library claim TEXT does.'
  const side = (word, those) => those.map(({ key, imported }) => `\n  ${word} ${plain(key)}${imported ? ' (imported, not verified)' : ''}`)
  return claims.map(({ text, for: backing, against }) => [paint.strong(plain(text)), ...side('for', backing), ...side('against', against)].join('')).join('\n')
}

/** Brings in what a file or a folder has. */
async function bring(values, [path]) {
  const source = sourceOf(filesOf(path))
  const mapping = guessed(source.columns)
  const end = (imported, sums, problems) => {
    if (values.json) console.log(JSON.stringify({ imported, ...sums, mapping, problems }, null, 2))
    else for (const { place, cause, fix } of problems) console.error(`${paint.bad(plain(place))}: ${plain(`${cause} ${fix}`)}`)
    return problems.length ? 1 : 0
  }
  // In files that cannot be read there are no columns to speak of.
  if (source.problems.length) return end(false, {}, source.problems)
  Object.assign(mapping, mapped(values.map ?? [], source.columns))
  for (const [field, column] of Object.entries(mapping)) if (!column) delete mapping[field]
  const { records, problems } = recordsOf(source, mapping)
  if (problems.length) return end(false, {}, problems)
  const to = await engine(values)
  const pieces = batches(records)
  const send = async (query) => {
    const [sums, refused] = [{ added: 0, changed: 0, same: 0 }, []]
    for (const piece of pieces) {
      const answer = await to.ask('POST', `past${query}`, { body: JSON.stringify({ records: piece.map(({ record }) => record) }) })
      if (answer.status === 422) refused.push(...answer.answer.problems.map((problem) => placed(piece, problem)))
      else for (const [name, count] of Object.entries(good(answer))) sums[name] += count
    }
    return { sums, refused }
  }
  // A look at all pieces first, so that a mistake in the last one keeps the first one out, too.
  const seen = await send('?preview=1')
  if (seen.refused.length) return end(false, {}, seen.refused)
  const { sums, refused } = values['dry-run'] ? seen : await send('')
  if (!values.json) {
    const would = values['dry-run'] ? 'would be' : sums.added === 1 ? 'is' : 'are'
    for (const [field, column] of Object.entries(mapping)) console.log(`  ${field.padEnd(10)} from ${plain(column)}`)
    const left = source.columns.filter((column) => !Object.values(mapping).includes(column))
    if (left.length) console.log(`  left out   ${plain(left.join(', '))}`)
    console.log(`${counted(sums.added, 'experiment')} ${would} new, ${sums.changed} changed, ${sums.same} as before. Imported, not verified.`)
  }
  return end(!values['dry-run'] && !refused.length, sums, refused)
}

/** The files of a path, as far as they are tables or Markdown. */
function filesOf(path) {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory()
  const names = isFolder ? readdirSync(path).filter((name) => /\.(csv|tsv|md|markdown)$/i.test(name)).sort() : [path]
  if (!names.length) throw new Complaint(path, 'There is no table and no Markdown in it.', 'Name a folder with .csv or .md files.')
  return names.map((name) => ({ name, text: text(isFolder ? join(path, name) : path) }))
}

/** What options say of columns. */
function mapped(given, columns) {
  return Object.fromEntries(given.map((one) => {
    const [, field, column] = /^([^=]*)=(.*)$/s.exec(one) ?? [, one]
    if (!NAMES.includes(field)) throw new Complaint('--map', `“${field}” is no field.`, `Fields are ${NAMES.join(', ')}.`)
    if (column === undefined || (column && !columns.includes(column))) throw new Complaint('--map', `There is no column “${column ?? ''}”.`, `There are ${columns.join(', ')}.`)
    return [field, column]
  }))
}
