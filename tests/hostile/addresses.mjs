// Addresses: whether a request for one meets a page's pattern, in each engine. The case's title says both pattern and host.

import { means } from './codes.mjs'
import { inputs } from './generate.mjs'

const ALL = 2 ** 32

const documentOf = (path) => ({
  format: 1,
  flags: { hero: { kind: 'string', variants: { control: 'a', b: 'b' }, off: 'control', otherwise: 'control', rules: [{ experiment: 'hero' }] } },
  metrics: { orders: { event: 'order' } },
  experiments: {
    hero: {
      flag: 'hero', metric: 'orders', control: 'control', unit: 'id',
      run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[ALL / 2, 'control'], [ALL, 'b']] },
    },
  },
  pages: { one: { path, flag: 'hero', variants: {} } },
})

export async function address({ title, target, input, expected, pattern, host }, { compile, engines, now = 0 }) {
  const [, said, site] = /pattern (\S+?)(?: on ([^\s:]+))?(?::|$)/.exec(title) ?? []
  const [path, place] = [pattern ?? input.pattern ?? said ?? '/pricing', host ?? input.host ?? site ?? 'shop.example']
  const { snapshot: bytes, problems } = compile(documentOf(path))
  if (!bytes) return { failures: [`the pattern ${path} is refused: ${problems[0].cause} ${problems[0].fix}`], notes: [] }
  const snapshot = Buffer.from(bytes).toString('hex')
  const failures = []
  for (const url of inputs({ target, input }).map(String)) {
    for (const engine of new Set(['node', ...(expected.same_in ?? [])])) {
      const answer = await ask(engines, engine, { snapshot, now, url })
      const matches = answer.address && answer.host === place && answer.exposures.length > 0
      failures.push(...judged(answer, matches, expected).map((failure) => `${engine}: ${failure}`))
    }
  }
  return { failures, notes: [] }
}

/** The core has no addresses: it gets the path as a shell hands it over. */
async function ask(engines, engine, question) {
  if (engine !== 'native') return engines.ask(engine, question)
  const shell = await engines.ask('node', question)
  if (!shell.address) return shell
  const { snapshot, now } = question
  const { steps } = await engines.ask('native', { snapshot, now, context: '{"id":"u"}', path: shell.path })
  return { ...shell, exposures: steps.filter((step) => step >>> 31) }
}

function judged({ address: isAddress, exposures }, seen, { outcome, matches, code, exposure_logged: logged }) {
  const failures = []
  if (outcome === 'default') {
    if (seen || isAddress && code) failures.push('expected the default, seen an address')
    if (code && !means(code, 'address')) failures.push(`expected ${code}`)
  } else if (outcome === 'evaluate' && !isAddress) failures.push('expected evaluate, seen no address')
  else if (!['evaluate', 'survive'].includes(outcome)) failures.push(`the outcome ${outcome} is not known for addresses`)
  if (matches !== undefined && seen !== matches) failures.push(`expected ${matches ? 'a' : 'no'} match, seen ${seen}`)
  if (logged !== undefined && logged !== exposures.length > 0) failures.push(`expected ${logged ? 'an' : 'no'} exposure`)
  return failures
}
