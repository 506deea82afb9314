import { Icon, Words } from '../parts'
import type { LiveScreen } from '../types'

type Line = LiveScreen['lines'][number]

const NAMES: Record<string, string> = {
  shown: 'Shown', confirmed: 'Confirmed by browsers', lost: 'Reports on the way', arriving: 'Results arriving',
  browsers: 'Browsers', clean: 'Clean data', sound: 'Believable numbers', guardrails: 'Guardrails', ramp: 'Steps',
}

const WORDS: Record<Line['status'], string> = { ok: 'Fine', look: 'Look', stop: 'Stop', wait: 'Waiting' }

/** A line whose name stands above it does not repeat it. */
const bare = (what: string, name: string | undefined): string => {
  const rest = name !== undefined && what.startsWith(`${name}: `) ? what.slice(name.length + 2) : what
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/** Each line says what is, and if it is not well, why and what to do. */
export function Checks({ lines }: { lines: Line[] }) {
  return (
    <ul class="checks">
      {lines.map(({ id, status, what, cause, next }) => (
        <li key={id} class={`check-line check-${status}`}>
          <span class={`check-status tone-${status}`}><Icon name={status} /><span>{WORDS[status]}</span></span>
          <div class="check-words">
            <h3>{NAMES[id] ?? id}</h3>
            <p><Words>{bare(what, NAMES[id])}</Words></p>
            {cause && <p class="muted"><Words>{cause}</Words></p>}
            {next && (
              <p class="check-next">
                <Icon name="next" size={14} /><span><span class="unseen">Next: </span><Words>{next}</Words></span>
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
