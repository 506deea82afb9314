import { call, inEnvironment, inProject } from '../client'
import type { Result } from '../client'
import type { Experiment, Playbook } from '../types'
import { CHECK, CHECK_TITLE } from './kinds'
import type { Kind } from './kinds'

interface Published {
  version: number
  document: { flags: Record<string, unknown>; metrics?: Record<string, unknown>; pages?: Record<string, unknown> } | null
}

/** A flag whose two variants are the same: whatever differs between them is a fault of the counting. */
const FLAG = {
  description: 'The same twice, to see whether both are counted alike', kind: 'string', client: true, variants: { on: 'same', off: 'same' },
  off: 'off', otherwise: 'off',
}

const ERRORS = { description: 'A visitor meets an error on a page', event: 'error' }

/** Publishes what an A/A check needs, which nobody meets yet, and drafts it. Gives the draft, or why there is none. */
export async function prepareCheck(project: string, kind: Kind, event: string): Promise<Result<Experiment>> {
  const production = inEnvironment(project, 'production', 'document')
  const published = await call<Published>('GET', production)
  if (!published.ok) return published
  const { version, document } = published.value
  const metrics = document?.metrics && Object.keys(document.metrics).length > 0
    ? document.metrics
    // What a playbook guards if nobody says otherwise is measured from the beginning.
    : { [event]: { description: `A visitor does “${event}” at least once`, event }, errors: ERRORS }
  const next = {
    format: 1, ...document, metrics, flags: { ...document?.flags, [CHECK]: FLAG },
    // Where no code asks for the flag, the first page does.
    ...(kind === 'site' && { pages: { ...document?.pages, [CHECK]: { path: '/', flag: CHECK, variants: {} } } }),
  }
  const done = await call('PUT', production, { body: next, revision: version })
  if (!done.ok) return done
  const [idea, rules] = await Promise.all([
    call<Experiment>('POST', inProject(project, 'experiments'), { body: { title: CHECK_TITLE, note: 'Both versions are the same.' } }),
    call<{ playbook: Playbook }>('GET', inProject(project, 'playbook')),
  ])
  if (!idea.ok) return idea
  if (!rules.ok) return rules
  const { key, revision } = idea.value
  const plan = {
    title: CHECK_TITLE, template: { key: 'install-check', version: 1 }, safety: true,
    change: { kind: 'flag', flag: CHECK, control: 'off', treatment: 'on' },
    hypothesis: {
      change: 'show both groups the same', metric: Object.keys(metrics)[0], direction: 'up', by: 0.1, because: 'nothing changes but the name of the group',
    },
    guardrails: rules.value.playbook.guardrails.map(({ metric }) => metric).filter((metric) => metric in metrics), base: 0.1, ramp: [5, 25, 50, 100],
  }
  return call<Experiment>('PUT', inProject(project, 'experiments', key, 'plan'), { body: plan, revision })
}
