// `pointsman push FOLDER`: what the files say goes live, upon the revisions that they were pulled from.

import { options } from './inside/options.mjs'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { engine, good, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { differing, isOwn, keepOrigin, origin, PARTS } from './inside/project.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Sends what files say to the project, and loses nobody\'s work.'

export const help = `pointsman push FOLDER [--if-match VERSION] [--propose] [--why TEXT] [--console URL] [--project KEY] [--json]

Sends each document that differs, and the playbook, with the revision that it was pulled from: what somebody has changed
since then is not overwritten. In another project than the one that the files came from, what is there now is replaced;
that project has to be named.

  --if-match VERSION  sends nothing unless production is at this version, as \`plan --json\` told its \`revision\`;
                  \`staging=4\` says it of another document, and each may be said
  --propose       asks for approval where a change goes to more visitors than one person may decide alone
  --why TEXT      what whoever approves it should know
${WHERE_HELP}
  --json          {"sent": [{"part", "status", "answer"}]}

Ends with 0 if all was taken, with 1 if something was refused, with 2 if the engine could not be asked.

  $ npx pointsman push shop
  production.json is version 8 now.`

export async function run(args) {
  const { values, operands: [folder] } = options('push', args, ['FOLDER'], {
    ...WHERE, propose: { type: 'boolean' }, why: { type: 'string' }, 'if-match': { type: 'string', multiple: true },
  })
  const known = origin(folder)
  if (!known) throw new Complaint(folder, 'These files came from nowhere.', `Begin with pointsman pull ${folder}.`)
  const to = await engine(values, known)
  if (!isOwn(known, to) && !values.project) {
    throw new Complaint(folder, `It came from ${known.console}, and what ${to.project} is at ${to.console} would be replaced.`, `Say --project ${to.project} if it should be.`)
  }
  const asked = await matching(values['if-match'] ?? [], to)
  const [own, revisions, sent] = [isOwn(known, to), { ...known.revisions }, []]
  for (const part of await differing(folder, to)) {
    const seen = asked.get(part.name) ?? (own ? known.revisions[part.name] : part.revision)
    const send = (query) => to.ask('PUT', part.path + query, { body: part.written, seen })
    const first = await send('')
    const asks = first.status === 409 && values.propose
    const { status, answer } = asks ? await send(`?${new URLSearchParams({ propose: '1', why: values.why ?? '' })}`) : first
    sent.push({ part: part.name, file: part.file, status, answer })
    if (status < 300 && !asks) revisions[part.name] = answer.version ?? answer.revision
  }
  if (own) keepOrigin(folder, to, revisions)
  if (values.json) console.log(JSON.stringify({ sent }, null, 2))
  else sent.forEach((one) => print(one, values.propose))
  if (!sent.length && !values.json) console.log(`There is nothing to send: ${folder} says what ${to.project} is.`)
  const refused = sent.filter(({ status }) => status >= 300)
  if (refused.length && !values.json) console.error(`${counted(refused.length, 'file')} ${refused.length === 1 ? 'was' : 'were'} not taken; the project is as it was there.`)
  return refused.length ? 1 : 0
}

/** What `--if-match` says of each part, which has to be so. */
async function matching(given, to) {
  const asked = new Map()
  for (const one of given) {
    const [, name = 'production', version] = /^(?:([a-z]+)=)?(\d+)$/.exec(one) ?? []
    const part = version && PARTS.find((part) => part.name === name)
    if (!part) throw new Complaint('--if-match', `“${one}” is no version.`, `Give one such as 7, or staging=7; there are ${PARTS.map((part) => part.name).join(', ')}.`)
    const { revision } = good(await to.ask('GET', part.path))
    if (revision !== Number(version)) throw new Complaint('--if-match', `${name} is at ${revision}, and not at ${version}: nothing was sent.`, 'Look with pointsman plan at what that would do now.')
    asked.set(name, revision)
  }
  return asked
}

function print({ file, status, answer }, isAsked) {
  if (status < 300) return console.log(`${paint.strong(file)} ${plain(taken(answer))}`)
  // What a problem says at its place need not be said before it.
  const said = (answer.problems ?? []).some(({ cause }) => cause === answer.detail)
  const why = status === 412 ? 'Somebody has changed it since you pulled. Pull, and make your change again.' : said ? 'It is refused.' : `${answer.detail ?? 'It is refused.'} ${answer.fix ?? ''}`
  console.log(`${paint.strong(file)}: ${paint.wrong(plain(why).trim())}`)
  if (status === 409 && !isAsked) console.log('  Where somebody else may let it go live, push --propose asks for that.')
  for (const { pointer, cause, fix } of answer.problems ?? []) console.log(plain(`  ${pointer || 'it'}: ${cause} ${fix}`))
}

function taken({ id, digest, state, version, revision }) {
  if (digest !== undefined && state !== undefined) return `waits for approval as change ${id}.`
  return `is ${version ? 'version' : 'revision'} ${version ?? revision} now.`
}
