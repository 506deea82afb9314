import { Time } from '../parts'
import type { Ticket } from '../types/written'
import { Outside } from './outside'

/** Recordings of those who met a variant: links, or the names by which their vendor knows them. Nothing is loaded from there. */
export function Sessions({ sessions, variant }: { sessions: Ticket[]; variant: string }) {
  const own = sessions.filter((session) => session.variant === variant)
  if (own.length === 0) return null
  return (
    <div>
      <h3>Sessions of those who met {variant}</h3>
      <ul class="answers">
        {own.map((session) => (
          <li key={`${session.at} ${session.replay}`}>
            <p class="small">
              {session.opens ? <Outside href={session.opens}>Watch this session</Outside> : <code>{session.replay}</code>}
              <span class="muted"><Time at={session.at} /></span>
            </p>
          </li>
        ))}
      </ul>
    </div>
  )
}
