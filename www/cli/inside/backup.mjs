// A whole project as files: the rows of an export, each where somebody would look for it, and the same rows again.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Complaint } from './complaint.mjs'
import { text } from './input.mjs'
import { lineOf, lineOfMistake } from './lines.mjs'

/** The file of what has no other place: who published what is current, and the revisions. */
const FRAME = 'backup.json'
const LOG = 'audit.ndjson'
/** Columns behind those that name a row's file, of everything that is kept of a run. */
const OF_RUNS = {
  tally: { list: 'tallies', columns: ['shard', 'sequence', 'heard', 'last', 'sums'], json: ['sums'] },
  look: { list: 'looks', columns: ['at', 'look'], json: ['look'] },
  crossing: { list: 'crossings', columns: ['n', 'at', 'action', 'why', 'sequences', 'digest', 'evidence'], json: ['sequences', 'evidence'] },
  forecast: { list: 'forecasts', columns: ['at', 'forecast'], json: ['forecast'] },
}
/** What stands beside experiments and flags: a file for each, whose rows are named by the first of their columns. */
const BESIDE = {
  owned: { file: 'owners.json', columns: ['kind', 'key', 'team'], named: 2 },
  vote: { file: 'votes.json', columns: ['experiment', 'person', 'at'], named: 2 },
  past: { file: 'past.json', columns: ['key', 'at', 'who', 'record'], named: 1, json: 'record' },
  claim: { file: 'claims.json', columns: ['id', 'revision', 'at', 'who', 'claim'], named: 1, json: 'claim' },
  comment: { file: 'comments.json', columns: ['id', 'experiment', 'at', 'who', 'text'], named: 1 },
  follow: { file: 'follows.json', columns: ['person', 'kind', 'subject', 'at'], named: 3 },
}
const PERSON = ['id', 'name', 'at', 'role']
const LINE = ['n', 'at', 'who', 'action', 'subject', 'detail', 'hash']

const object = (columns, row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))
const row = (columns, object) => columns.map((column) => object?.[column])
const sorted = (entries) => Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)))

/** A name that becomes a file's: nothing of an answer leads out of the folder. */
function safe(name) {
  if (typeof name === 'string' && /^[a-z][\w-]*$/i.test(name)) return name
  throw new Complaint('', `“${name}” is no name of an export.`, 'Take it as it was exported.')
}

/** The file of a setting: a team's board is one, too. */
const fileOf = (name) => (name.startsWith('board ') ? `boards/${safe(name.slice('board '.length))}.json` : `${safe(name)}.json`)

/** The files of the rows by table: by path what stands there. */
export function filesOf(tables) {
  const rows = (name) => tables.get(name) ?? []
  const files = new Map()
  const versions = rows('version').map(([environment, version, at, who, why, audit, document, digest]) => {
    files.set(`documents/${safe(environment)}.json`, document)
    return [environment, { version, at, who, why, audit, digest }]
  })
  const drafts = rows('draft').map(([environment, revision, base, document, who, at]) => {
    files.set(`documents/${safe(environment)}.draft.json`, document)
    return [environment, { revision, base, who, at }]
  })
  const kept = (file, [name, revision, json]) => {
    files.set(file, JSON.parse(json))
    return [name, revision]
  }
  const revisions = {
    settings: sorted(rows('setting').map((one) => kept(fileOf(one[0]), one))),
    experiments: sorted(rows('experiment').map((one) => kept(`experiments/${safe(one[0])}.json`, one))),
  }
  const places = (name) => rows(name).map((one) => object(['environment', 'flag', 'at'], one))
  files.set(FRAME, { format: 1, versions: sorted(versions), drafts: sorted(drafts), growth: places('growth'), switched: places('switched'), revisions })
  for (const [table, { list, columns, json }] of Object.entries(OF_RUNS)) {
    for (const [run, ...cells] of rows(table)) {
      const path = `evidence/${safe(run)}.json`
      if (!files.has(path)) files.set(path, Object.fromEntries(Object.values(OF_RUNS).map(({ list }) => [list, []])))
      const entry = object(columns, cells)
      for (const column of json) entry[column] = JSON.parse(entry[column])
      files.get(path)[list].push(entry)
    }
  }
  for (const [table, { file, columns, json }] of Object.entries(BESIDE)) {
    const told = (one) => (json ? { ...one, [json]: JSON.parse(one[json]) } : one)
    files.set(file, rows(table).map((one) => told(object(columns, one))))
  }
  files.set('people.json', rows('person').map((one) => object(PERSON, one)))
  files.set(LOG, rows('audit').map((one) => `${JSON.stringify(object(LINE, one))}\n`).join(''))
  return files
}

/**
 * The rows of a folder: `{tables, problems, place}`. A problem is a file's own mistake; `place` says in which file, and on
 * which line, that stands which a pointer of the API names.
 */
export function rowsOf(folder) {
  const [problems, texts] = [[], new Map()]
  const written = (file) => {
    texts.set(file, text(join(folder, file)))
    return texts.get(file)
  }
  const parsed = (file) => {
    const content = written(file)
    try {
      return JSON.parse(content)
    } catch (error) {
      problems.push({ place: `${file}:${lineOfMistake(content, error)}`, cause: `It is no JSON: ${error.message}.`, fix: 'Take it as it was exported.' })
      return undefined
    }
  }
  const frame = parsed(FRAME) ?? {}
  if (!problems.length && frame.format !== 1) throw new Complaint(join(folder, FRAME), 'It is no backup that this version reads.', 'pointsman export writes one.')
  // Rows come in the order of an export.
  const keys = (value) => Object.keys(value ?? {}).sort()
  const named = (inside) => namesIn(folder).flatMap((path) => (path.startsWith(inside) && path.endsWith('.json') ? [path.slice(inside.length + 1, -5)] : [])).sort()
  const json = (file) => JSON.stringify(parsed(file) ?? null)
  const tables = new Map([
    ['version', keys(frame.versions).map((name) => {
      const { version, at, who, why, audit, digest } = frame.versions[name] ?? {}
      const file = `documents/${safe(name)}.json`
      parsed(file)
      return [name, version, at, who, why, audit, texts.get(file), digest]
    })],
    ['draft', keys(frame.drafts).map((name) => {
      const { revision, base, who, at } = frame.drafts[name] ?? {}
      return [name, revision, base, written(`documents/${safe(name)}.draft.json`), who, at]
    })],
    ...['growth', 'switched'].map((name) => [name, listed(frame[name]).map((one) => row(['environment', 'flag', 'at'], one))]),
    ['setting', keys(frame.revisions?.settings).map((name) => [name, frame.revisions.settings[name], json(fileOf(name))])],
    ['person', listed(parsed('people.json')).map((one) => row(PERSON, one))],
    ['experiment', named('experiments').map((name) => [name, frame.revisions?.experiments?.[name], json(`experiments/${name}.json`)])],
  ])
  for (const name of keys(frame.revisions?.experiments).filter((name) => !tables.get('experiment').some(([known]) => known === name))) {
    problems.push({ place: `${FRAME}:${lineOf(texts.get(FRAME), `/revisions/experiments/${name}`)}`, cause: `experiments/${name}.json is not there.`, fix: 'Bring it, or take this line out.' })
  }
  // A backup of before may not have them.
  for (const [table, { file, columns, json }] of Object.entries(BESIDE)) {
    const kept = (one) => (json ? { ...one, [json]: JSON.stringify(one?.[json] ?? null) } : one)
    tables.set(table, existsSync(join(folder, file)) ? listed(parsed(file)).map((one) => row(columns, kept(one))) : [])
  }
  const runs = named('evidence').map((run) => [run, parsed(`evidence/${run}.json`)])
  for (const [table, { list, columns, json }] of Object.entries(OF_RUNS)) {
    tables.set(table, runs.flatMap(([run, all]) => listed(all?.[list]).map((entry) => {
      const texts = Object.fromEntries(json.map((column) => [column, JSON.stringify(entry?.[column] ?? null)]))
      return [run, ...row(columns, { ...entry, ...texts })]
    })))
  }
  tables.set('audit', written(LOG).split('\n').filter(Boolean).map((one, index) => {
    try {
      return row(LINE, JSON.parse(one))
    } catch ({ message }) {
      problems.push({ place: `${LOG}:${index + 1}`, cause: `It is no JSON: ${message}.`, fix: 'Take it as it was exported.' })
      return []
    }
  }))
  const place = (pointer) => {
    const [file, inner] = located(pointer, tables)
    return `${file}:${lineOf(texts.get(file) ?? '', inner)}`
  }
  return { tables, problems, place: (pointer) => (pointer.startsWith('/audit/') ? `${LOG}:${Number(pointer.split('/')[2]) || 1}` : place(pointer)) }
}

const listed = (value) => (Array.isArray(value) ? value : [])

/** The paths of all files in an export that are there for a name; none, where there is no such folder. */
export function namesIn(folder) {
  return ['documents', 'boards', 'experiments', 'imported', 'evidence'].flatMap((inside) => {
    const found = existsSync(join(folder, inside)) ? readdirSync(join(folder, inside)) : []
    return found.filter((name) => /^[a-z][\w-]*(\.draft)?\.(json|md)$/i.test(name)).sort().map((name) => `${inside}/${name}`)
  })
}

/** The file of a pointer of the API, and the pointer within it. */
function located(pointer, tables) {
  const [, table, name, ...rest] = pointer.split('/')
  const inner = rest.map((part) => `/${part}`).join('')
  const index = () => Math.max(0, tables.get(table).filter(([first]) => first === name).findIndex((one) => String(one[1]) === rest[0]))
  switch (table) {
    case 'version': return inner ? [`documents/${name}.json`, inner] : [FRAME, `/versions/${name}`]
    case 'draft': return [FRAME, `/drafts/${name}`]
    case 'setting': return [fileOf(name), inner]
    case 'experiment': return [`experiments/${name}.json`, inner]
    case 'person': return ['people.json', `/${Math.max(0, tables.get('person').findIndex(([id]) => String(id) === name))}`]
    case 'growth': case 'switched': return [FRAME, `/${table}`]
    case 'owned': case 'vote': case 'past': case 'claim': case 'comment': case 'follow': {
      const { file, named } = BESIDE[table]
      const path = [name, ...rest].join('/')
      return [file, `/${Math.max(0, tables.get(table).findIndex((one) => one.slice(0, named).join('/') === path))}`]
    }
    default: return OF_RUNS[table] ? [`evidence/${name}.json`, `/${OF_RUNS[table].list}/${index()}`] : [FRAME, '']
  }
}
