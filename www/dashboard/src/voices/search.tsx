import { useEffect, useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { Gradually, Icon, Loaded, long, Time } from '../parts'
import { useLater } from '../plan/later'
import { goInstead, useRoute } from '../router'
import type { Hit } from '../types/written'
import { counted } from '../words'
import { Outside } from './outside'

const KINDS: Record<Hit['kind'], string> = { answer: 'Answer', ticket: 'Ticket', comment: 'Comment', debrief: 'Debrief' }

/** Everything that was said and written, by its words: by visitors and by the team. The address holds what is sought. */
export function Search({ project }: { project: string }) {
  const sought = useRoute().query.get('q') ?? ''
  const [q, setQ] = useState(sought)
  const settled = useLater(q.trim(), 300)
  // A link to another search may be followed from here.
  useEffect(() => sought === settled ? undefined : setQ(sought), [sought])
  useEffect(() => goInstead(settled ? `#/voices?${new URLSearchParams({ q: settled })}` : '#/voices'), [settled])
  const live = useLive<{ found: Hit[] }>(settled ? `${inProject(project, 'search')}?${new URLSearchParams({ q: settled })}` : null, 0)
  return (
    <search class="stack voices-search">
      <label class="search">
        <span class="unseen">Search answers, tickets and notes</span><Icon name="search" />
        <input
          type="search" placeholder="Search answers, tickets and notes: delivery, too slow …" value={q}
          onInput={(event) => setQ(event.currentTarget.value)}
        />
      </label>
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
        )) : <a href={`#/experiments/${hit.experiment}`}>{hit.title}</a>}
        {'link' in hit && hit.link && <Outside href={hit.link}>The ticket</Outside>}
      </p>
    </li>
  )
}
