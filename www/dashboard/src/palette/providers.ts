// What the palette offers. Whatever is to be found from everywhere adds a provider to the list.

import { inEnvironment, inProject, read } from '../client'
import { PLACES } from '../frame'
import type { IconName } from '../parts'
import { STATES } from '../screens/experiment'
import { SECTIONS } from '../screens/setup'
import { setTheme } from '../theme'
import type { DataScreen, ExperimentCard, Flags } from '../types'
import type { Told } from '../types/ask'
import type { Line } from './match'

/** A line of the palette: it leads somewhere, asks something that is answered right there, or does what harms nobody. What reaches visitors is done in its own place. */
export type Entry = Line & { id: string; icon: IconName; hint?: string } & ({ href: string } | { act(): void } | { ask: string })

export interface Provider {
  /** The heading of its lines. */
  name: string
  /** All that it has, asked when the palette opens. Lines appear as each provider answers. */
  entries?(project: string): Entry[] | Promise<Entry[]>
  /** Lines made of what was typed; they stand below what was found. */
  asked?(project: string, typed: string): Entry[]
  /** Whether what was typed is most likely for this one, so that its lines stand first. */
  meant?(typed: string): boolean
}

/** Stopping leads to the button, which says whom it reaches. */
async function experiments(project: string): Promise<Entry[]> {
  const found = await read<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'))
  const cards = found.ok ? found.value.experiments : []
  const all: Entry[] = cards.map(({ key, title, state, author }) => ({
    id: `experiment ${key}`, label: title, words: `${key} ${author} ${STATES[state].word}`, hint: STATES[state].word, icon: 'experiments',
    href: `#/experiments/${key}`,
  }))
  const stops: Entry[] = cards.filter(({ state }) => state === 'running').map(({ key, title }) => ({
    id: `stop ${key}`, label: `Stop “${title}” …`, words: key, hint: 'Goes to the button', icon: 'stop', href: `#/experiments/${key}/live`,
  }))
  return [...all, ...stops]
}

async function flags(project: string): Promise<Entry[]> {
  const found = await read<Flags>(inEnvironment(project, 'production', 'flags'))
  return (found.ok ? found.value.flags : []).map(({ key, description, enabled }) => ({
    id: `flag ${key}`, label: key, words: description, hint: enabled ? 'On' : 'Off', icon: 'flags', href: `#/flags/production/${key}`,
  }))
}

async function metrics(project: string): Promise<Entry[]> {
  const found = await read<DataScreen>(inEnvironment(project, 'production', 'data'))
  return (found.ok ? found.value.metrics : []).map(({ key, description, event }) => ({
    id: `metric ${key}`, label: key, words: `${description} ${event}`, hint: description, icon: 'data', href: `#/data/metrics/${key}`,
  }))
}

/** Other words for what stands in a part of the setup. */
const ALSO: Record<string, string> = {
  people: 'invite colleague role', teams: 'owner channel goal squad', tokens: 'api key machine', playbook: 'ramp guardrail rule review', integrations: 'messages notifications mail teams discord slack webhook notify',
  history: 'audit log who changed', environments: 'production staging development site', applications: 'client server key sdk install',
  appearance: 'theme dark light',
}

const setup: Entry[] = SECTIONS.map(({ path, word }) => ({
  id: `setup ${path}`, label: word, words: `setup settings ${ALSO[path] ?? ''}`, hint: 'Setup', icon: 'setup', href: `#/setup/${path}`,
}))

const places: Entry[] = [
  ...PLACES.map(({ path, word, icon }): Entry => ({ id: `place ${path}`, label: word, icon, href: `#/${path}` })),
  { id: 'start', label: 'First steps', words: 'install setup a/a check begin', icon: 'next', href: '#/start' },
  { id: 'week', label: 'What the week brought', words: 'digest weekly wins lessons monday', icon: 'library', href: '#/week' },
  { id: 'together', label: 'What all tests say', words: 'meta win rate impact effects shrunk', icon: 'library', href: '#/library/together' },
  { id: 'practice', label: 'How we learn', words: 'measures velocity figures quarter waiting teams pace', icon: 'now', href: '#/practice' },
  { id: 'alerts', label: 'Alerts', words: 'alarm odd watch warning snooze resolved traffic bots errors', icon: 'look', href: '#/alerts' },
  { id: 'learn', label: 'Try it yourself', words: 'learn lesson sample size duration peeking statistics', icon: 'library', href: '#/learn' },
]

const deeds: Entry[] = [
  { id: 'new experiment', label: 'New experiment', words: 'plan test create start', icon: 'plus', href: '#/experiments/new' },
  { id: 'light', label: 'Light colours', words: 'theme appearance day', icon: 'sun', act: () => setTheme('light') },
  { id: 'dark', label: 'Dark colours', words: 'theme appearance night mode', icon: 'moon', act: () => setTheme('dark') },
  { id: 'auto', label: 'Colours as the machine has them', words: 'theme appearance auto system', icon: 'auto', act: () => setTheme('auto') },
]

async function questions(project: string): Promise<Entry[]> {
  const found = await read<Told>(`${inProject(project, 'ask')}?text=`)
  return (found.ok ? found.value.suggestions : []).map((text) => ({ id: `question ${text}`, label: text, words: 'ask question', icon: 'voices', ask: text }))
}

/** A single word is looked for; from two on it may be a question. */
const inWords = (_: string, typed: string): Entry[] =>
  /\S\s+\S|\?$/.test(typed) ? [{ id: 'ask', label: `Ask “${typed}”`, icon: 'voices', ask: typed }] : []

const ASKS = /\?$|^(what|whats|who|when|where|which|why|how|have|has|did|does|do|is|are|will|should|can)\b/i

export const PROVIDERS: Provider[] = [
  { name: 'Go to', entries: () => [...places, ...setup] },
  { name: 'Do', entries: () => deeds },
  { name: 'Ask', entries: questions, asked: inWords, meant: (typed) => ASKS.test(typed) },
  { name: 'Experiments', entries: experiments },
  { name: 'Flags', entries: flags },
  { name: 'Metrics', entries: metrics },
]
