import { useRef } from 'preact/hooks'
import { Segmented, Select } from '../parts'
import type { Flag, FlagChange, PagesChange, Plan, WordsChange } from '../types'
import { BothVariants } from './both-versions'
import type { Asked } from './editor'
import { fieldId } from './model'
import { Question } from './question'
import { PageWords } from './page-words'
import { CrossedField, templateOf } from './template'
import { TwoPages } from './two-pages'

const KINDS = [
  { value: 'words', label: 'Words on a page' }, { value: 'pages', label: 'Two pages' }, { value: 'flag', label: 'A flag in code' },
] as const
type Kind = (typeof KINDS)[number]['value']

/** 1. Words need no developer; a second page is one that the site has; a flag is what one has built. */
export function ChangeQuestion({ project, plan, offers, change }: Asked) {
  const { change: what } = plan
  const kind = templateOf(plan, offers.templates)?.change
  const free = offers.flags.filter((flag) => !flag.experiment)
  // Whoever only looks at the other kind finds again what they have typed.
  const left = useRef<{ words?: WordsChange; pages?: PagesChange; flag?: FlagChange }>({}).current
  const put = (what: Plan['change']) => change({ ...plan, change: what })
  const page = what.kind === 'flag' ? '/' : what.page
  const turn = (kind: Kind) => {
    if (kind === what.kind) return
    Object.assign(left, { [what.kind]: what })
    const fresh = { words: wordsOn(page), pages: pagesAt(page), flag: tryOf(free[0]) }
    put(left[kind] ?? fresh[kind])
  }
  return (
    <Question number={1} title="What do you change?" pointer="/change">
      {!(kind && kind === what.kind) && (
        <div><Segmented label="What do you change?" value={what.kind} options={KINDS} onValue={turn} /></div>
      )}
      {what.kind === 'words' && <PageWords project={project} change={what} onChange={put} />}
      {what.kind === 'pages' && <TwoPages change={what} onChange={put} />}
      {what.kind === 'flag' && <FlagVariants what={what} flags={offers.flags} onChange={put} />}
      <CrossedField {...{ project, plan, offers, change }} />
    </Question>
  )
}

function FlagVariants({ what, flags, onChange }: {
  what: FlagChange; flags: Flag[]; onChange(change: FlagChange): void
}) {
  if (flags.length === 0) {
    return (
      <p class="muted">
        There is no flag in production yet. <a href="#/flags">Make one</a>, and use it in your code.
      </p>
    )
  }
  const flag = flags.find(({ key }) => key === what.flag)
  const variants = flag?.variants.map(({ key, value }) => ({ value: key, label: named(key, value) })) ?? []
  const choose = (key: string) => onChange(tryOf(flags.find((flag) => flag.key === key)))
  const options = flags.map(
    ({ key, experiment }) => ({ value: key, label: experiment ? `${key} (in “${experiment}” now)` : key }),
  )
  return (
    <div class="stack">
      <div id={fieldId('/change/flag')} tabIndex={-1}>
        <Select
          label="Flag" value={what.flag} hint={flag?.description} onValue={choose}
          options={flag ? options : [{ value: what.flag, label: 'Choose a flag' }, ...options]}
        />
      </div>
      {flag && (
        <div class="beside">
          <div id={fieldId('/change/control')} tabIndex={-1}>
            <Select
              label="The old version" value={what.control} options={variants}
              onValue={(control) => onChange({ ...what, control })}
            />
          </div>
          <div id={fieldId('/change/treatment')} tabIndex={-1}>
            <Select
              label="The new version to try" value={what.treatment} options={variants}
              onValue={(treatment) => onChange({ ...what, treatment })}
            />
          </div>
        </div>
      )}
      <BothVariants change={what} />
    </div>
  )
}

const wordsOn = (page: string): WordsChange => ({ kind: 'words', page, edits: [] })
const pagesAt = (page: string): PagesChange => ({ kind: 'pages', page, other: '' })

/** The nearest guess: what the flag serves when it is off, against its other variant. */
export const tryOf = (flag: Flag | undefined): FlagChange => ({
  kind: 'flag', flag: flag?.key ?? '', control: flag?.off ?? '',
  treatment: flag?.variants.find(({ key }) => key !== flag.off)?.key ?? '',
})

/** The variant's key, and its value where that says more. */
function named(key: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === undefined || text === key ? key : `${key}: ${text.length > 48 ? `${text.slice(0, 48)}…` : text}`
}
