// docs/operations.md, followed by somebody who has nothing else: its commands, one after the other in one shell, while
// visitors come to the shop and days pass.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { root } from '../../build/setup.mjs'
import { eventually, office, PROJECT } from '../browser/office.mjs'
import { guideOf } from '../guide.mjs'

const HOUR = 3_600_000
const KEY = 'fresh-words'
const blocks = guideOf('docs/operations.md').blocks('sh').map(({ body }) => body)
const folder = mkdtempSync(join(tmpdir(), 'pointsman-operations-'))
/** The block of the guide that begins a step, by a word in it. */
let next = blocks.findIndex((body) => body.startsWith('export POINTSMAN_CONSOLE'))
let team, shell

before(async () => {
  team = await office({ sites: { localhost: 'demo/production', 'spare.localhost': 'spare/production' } })
  mkdirSync(join(folder, 'bin'))
  // What npm would have installed.
  writeFileSync(join(folder, 'bin/npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'dist/npm/cli/pointsman.js')}" "$@"\n`)
  chmodSync(join(folder, 'bin/npx'), 0o755)
  const { console: address, token } = team.product
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, POINTSMAN_CONSOLE: address, POINTSMAN_PROJECT: 'demo', POINTSMAN_TOKEN: token }
  shell = session(env)
})

after(async () => {
  shell?.end()
  await team?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A shell that goes on from block to block, as its reader's does. */
function session(env) {
  const child = spawn('sh', ['-e'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] })
  let [said, wrong, over] = ['', '', false]
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (wrong += text))
  child.on('close', () => (over = true))
  return {
    end: () => child.kill(),
    /** Types a block, and gives what it prints. */
    async type(block) {
      const [from, end] = [said.length, `-- ${Math.random()} --`]
      const mistakes = wrong.length
      child.stdin.write(`${block}\necho '${end}'\n`)
      const done = await eventually(() => said.includes(end) || over, 240)
      assert.ok(done && said.includes(end), `${block}\n${said.slice(from)}${wrong.slice(mistakes)}`)
      return { said: said.slice(from, said.indexOf(end)), wrong: wrong.slice(mistakes) }
    },
  }
}

/** Types the next block of the guide, which has to be the one with this in it. */
function follow(word) {
  const block = blocks[next++]
  assert.ok(block?.includes(word), `the guide goes on with\n${block}`)
  return shell.type(block)
}

const experiment = (key = KEY) => team.api.get(`${PROJECT}/experiments/${key}`)

/** Where an experiment is in its life: its stage while it is running, or its state. */
const placeOf = ({ state, ramp }) => (state === 'running' ? ramp.stages[ramp.stage] : state)

/** Where whoever follows the experiment has seen it, place after place. */
function watched() {
  const lines = readFileSync(join(folder, 'fresh.ndjson'), 'utf8').split('\n').slice(0, -1)
  return [...new Set(lines.map((line) => placeOf(JSON.parse(line).experiment)))]
}

/** Visitors come and hours pass until something is so, no hour before whoever looks once a second has seen where it is. */
async function until(what, so) {
  for (let tries = 0; tries < 60; tries++) {
    assert.ok(await eventually(async () => watched().at(-1) === placeOf(await experiment()), 30), `--follow tells where ${KEY} is`)
    if (so(await experiment())) return
    await team.visitors(400, '/')
    await team.clock.advance(HOUR)
  }
  assert.fail(`${what} never comes: ${JSON.stringify(await experiment())}`)
}

test('where the engine is stands first', () => {
  assert.match(blocks[next++], /POINTSMAN_CONSOLE=https:\S+ POINTSMAN_PROJECT=\w+ POINTSMAN_TOKEN=pm_/)
})

test('a project is set up', async () => {
  await follow('"Grace"')
  const { people } = await team.api.get(`${PROJECT}/people`)
  assert.deepEqual(people.map(({ name, role }) => [name, role]), [['Grace', 'approver']])
  assert.match((await follow('pull shop')).said, /production\.json is version 1 now/)
})

test('a team has an idea, somebody votes for it, and follows what they do', async () => {
  assert.match((await follow('team add')).said, /front {2}Front: #front, owns nothing, 0 of 2 decided in seven days[^]*The metric orders is front’s now\.[^]*name-the-roaster {2}1 vote, yours among them {2}Name the roaster[^]*page {2}\/\n/)
  const [{ votes, page, effort, team: whose }] = (await team.api.get(`${PROJECT}/ideas`)).ideas
  assert.deepEqual([votes, page, effort, whose], [1, '/', 1, 'front'])
})

test('an experiment goes from the idea to its start by a second person', async () => {
  const { said } = await follow('experiment draft')
  assert.equal((await fetch(said.trim().split('\n').at(-1))).status, 200)
  assert.match((await follow('--good')).said, /looked at “new”|“new”: it is as it should be[^]*Fresh words \(fresh-words\) is in review/)
  assert.match((await follow('approve fresh-words || test')).wrong, /Nobody approves what is their own\./)
  assert.equal((await experiment()).state, 'inReview')
  assert.match((await follow('POINTSMAN_TOKEN=$GRACE')).said, /is in review[^]*is running/)
  assert.equal((await experiment()).reviewer, 'Grace')
  assert.match((await follow('pointsman calendar')).said, /fresh-words {2}\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \([^)]+\) {2}Fresh words, running: \/, team front\n[^]*team {2}front, Front: Fresh words/)
})

test('its ramp is watched, and it is shipped and talked over', async () => {
  await team.published()
  team.habits.cast('good', KEY, { control: 'control', lift: 0.6 })
  await follow('--follow')
  await until('the planned size', ({ history }) => history.some(({ what }) => what.includes('the planned size was reached')))
  assert.match((await follow('experiment ship')).said, /50 % of visitors are in the test[^]*admin has decided to ship it/)
  await until('everybody', ({ ramp }) => ramp.released === 100)
  assert.match((await follow('experiment debrief')).said, /## What surprised you\?[^]*is debriefed/)
  assert.deepEqual((await experiment()).debrief.answers, { surprise: 'That it held on phones.', tell: 'Say it by the hour.', next: 'The basket.' })
  assert.deepEqual(watched(), [5, 25, 50, 'decided'])
  const last = readFileSync(join(folder, 'fresh.ndjson'), 'utf8').trim().split('\n').at(-1)
  assert.equal(JSON.parse(last).experiment.ramp.released, 100)
})

test('another one is stopped, and what somebody did can be asked', async () => {
  const { said } = await follow('experiment stop')
  assert.equal(said.match(/15 seconds from now at the latest no page that is loaded has the new version/g).length, 2, 'a stop says how long it takes')
  assert.match(said, /Stopped by admin: The words are wrong on one page\.[^]*is running[^]*is stopped[^]*decided to run it again/)
  const { rows } = JSON.parse((await follow('audit?who=Grace')).said)
  assert.deepEqual(rows.map(({ who, action, subject }) => [who, action, subject]), [['Grace', 'approve', 'fresher-words'], ['Grace', 'approve', KEY]])
})

test('a backup brings the project back, and the same bytes leave it again', async () => {
  assert.match((await follow('export backup')).said, /lines are as they were written/)
  assert.ok(!readdirSync(join(folder, 'backup'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .some(({ parentPath, name }) => /pm_[\da-f]{8}/.test(readFileSync(join(parentPath, name), 'utf8'))), 'a token stands in no file')
  assert.match((await follow('import backup')).said, /spare is what backup says/)
  const digests = await Promise.all(['demo', 'spare'].map(async (project) => (await team.api.get(`/api/v1/projects/${project}/environments/production/versions`)).versions[0]))
  assert.deepEqual(digests[1], digests[0])
  for (const path of ['teams', 'ideas', 'follows']) {
    assert.deepEqual(await team.api.get(`/api/v1/projects/spare/${path}`), await team.api.get(`${PROJECT}/${path}`), path)
  }
  const { said } = await follow('export again')
  assert.doesNotMatch(said, /^diff|^Only in/m)
  const log = (name) => readFileSync(join(folder, name, 'audit.ndjson'), 'utf8').trim().split('\n')
  assert.deepEqual(log('again').slice(0, -1), log('backup'))
  assert.equal(JSON.parse(log('again').at(-1)).action, 'import')
  const { token } = JSON.parse((await follow('people/1/link')).said)
  assert.equal((await team.api.as(token).get('/api/v1/projects/spare/whoami')).name, 'Grace')
  assert.equal((await team.api.get(`/api/v1/projects/spare/experiments/${KEY}/reading`)).headline, (await team.api.get(`${PROJECT}/experiments/${KEY}/reading`)).headline)
})

test('the workflows that docs/deploy.md gives to a repository run as they stand', async () => {
  const [flags, nightly] = guideOf('docs/deploy.md').blocks('yaml').map(({ body }) => Object.values(parse(body).jobs)[0].steps.flatMap(({ run = [] }) => run))
  await shell.type('export GIT_CONFIG_GLOBAL=/dev/null; git init -q --bare kept.git && git clone -q kept.git repository && cd repository')
  await shell.type('npx pointsman pull flags; export WHY="For the season"; sed -i "0,/\\"description\\": \\"/s//&Now: /" flags/production.json')
  const [planned, pushed] = [await shell.type(flags[0]), await shell.type(flags[1])]
  assert.match(planned.said, /production/)
  assert.match(pushed.said, /version \d+|proposed|waits/i)
  for (const run of nightly) await shell.type(run)
  assert.match((await shell.type('git -C ../kept.git log --format=%s')).said, /^The project as it is tonight\n$/)
  // What has not changed is no commit.
  for (const run of nightly) await shell.type(run)
  await shell.type('cd ..')
})

test('every command of the guide was run', () => assert.equal(next, blocks.length))
