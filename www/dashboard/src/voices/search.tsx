import { useEffect, useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { Gradually, Icon, Loaded, long, Select, Time } from '../parts'
import { useLater } from '../plan/later'
import { goInstead, useRoute } from '../router'
import type { Hit } from '../types/written'
import { counted } from '../words'
import { Outside } from './outside'

const KINDS: Record<Hit['kind'], string> = { answer: 'Answer', ticket: 'Ticket', comment: 'Comment', debrief: 'Debrief', claim: 'Claim' }

/** A variant of an experiment, and what to call the two. */
export interface Arm {
  experiment: string
  variant: string
  label: string
}

/** All variants whose people were asked or have written, each once. */
export function armsOf(all: { experiment: string; title: string; arms: { variant: string }[] }[]): Arm[] {
  const arms = all.flatMap(({ experiment, title, arms }) => arms.map(({ variant }) => ({ experiment, variant, label: `${title}: ${variant}` })))
  return [...new Map(arms.map((arm) => [`${arm.experiment} ${arm.variant}`, arm])).values()]
}

/**
 * Everything that was said and written, by its words: by visitors and by the team, or by those alone who have met a variant. The
 * address holds what is sought.
 */
export function Search({ project, arms }: { project: string; arms: Arm[] }) {
  const { query } = useRoute()
  const sought = query.get('q') ?? ''
  const [experiment, variant] = [query.get('experiment') ?? '', query.get('variant') ?? '']
  const who = experiment && variant ? { experiment, variant } : undefined
  const [q, setQ] = useState(sought)
  const settled = useLater(q.trim(), 300)
  // A link to another search may be followed from here.
  useEffect(() => sought === settled ? undefined : setQ(sought), [sought])
  const asked = new URLSearchParams({ ...(settled && { q: settled }), ...who }).toString()
  useEffect(() => goInstead(asked ? `#/voices?${asked}` : '#/voices'), [settled])
  const live = useLive<{ found: Hit[] }>(settled ? `${inProject(project, 'search')}?${asked}` : null, 0)
  const options = [
    { value: '', label: 'Everybody' }, ...arms.map((arm) => ({ value: `${arm.experiment} ${arm.variant}`, label: arm.label })),
  ]
  const value = who ? `${experiment} ${variant}` : ''
  const choose = (value: string): void => {
    const arm = arms.find((arm) => value === `${arm.experiment} ${arm.variant}`)
    goInstead(`#/voices?${new URLSearchParams({ ...(settled && { q: settled }), ...(arm && { experiment: arm.experiment, variant: arm.variant }) })}`)
  }
  return (
    <search class="stack voices-search">
      <div class="voices-sought">
        <label class="search">
          <span class="unseen">Search answers, tickets and notes</span><Icon name="search" />
          <input
            type="search" placeholder="Search answers, tickets and notes: delivery, too slow …" value={q}
            onInput={(event) => setQ(event.currentTarget.value)}
          />
        </label>
        {(arms.length > 0 || who) && (
          <Select
            label="Who wrote it" class="field-inline" value={value} onValue={choose}
            options={options.some((one) => one.value === value) ? options : [...options, { value, label: `${experiment}: ${variant}` }]}
          />
        )}
      </div>
      {settled && (
        <Loaded live={live} lines={3}>
          {({ found }) => (
            <>
              <p class="muted small" role="status">
                {found.length === 0 ? 'Nobody has written that, in these words or nearly so.' : counted(found.length, 'place')}
              </p>
              {found.length > 0 && <ul class={`answers ${long(found)}`}><Gradually>{found.map((hit, i) => <Found key={`${hit.at} ${i}`} hit={hit} />)}</Gradually></ul>}
            </>
          )}
        </Loaded>
      )}
    </search>
  )
}

function Found({ hit }: { hit: Hit }) {
  return (
    <li>
      {'met' in hit && hit.title && <strong>{hit.title}</strong>}
      {hit.text && <blockquote>{hit.text}</blockquote>}
      <p class="muted small">
        <span>{KINDS[hit.kind]}</span><Time at={hit.at} />
        {'met' in hit ? hit.met.map((met) => (
          <span key={met.run}>
            {met.experiment ? <a href={`#/experiments/${met.experiment}`}>{met.title}</a> : met.run}, {met.variant}
          </span>
        )) : hit.kind === 'claim' ? <a href="#/library/claims">What we know</a> : <a href={`#/experiments/${hit.experiment}`}>{hit.title}</a>}
        {'link' in hit && hit.link && <Outside href={hit.link}>The ticket</Outside>}
      </p>
    </li>
  )
}
