import { Status } from '../parts'
import type { PastCard } from '../types/library'
import { Excerpt, Marked } from './entry'
import { Outcome } from './outcome'

/** What is said wherever an imported experiment shows. */
export const Imported = () => <Status tone="held">Imported, not verified</Status>

/** The parts of an imported experiment that are facts about it, and not its own words. */
export const factsOf = ({ team, metric, author, reviewer, decidedBy, started, ended }: PastCard): [label: string, value: string][] =>
  ([
    ['Team', team], ['Metric', metric], ['Author', author], ['Reviewer', reviewer], ['Decided by', decidedBy], ['Started', started], ['Ended', ended],
  ] as const).flatMap(([label, value]) => (value ? [[label, value]] : []))

/** One that was imported, as the library lists it. */
export function PastEntry({ card, sought }: { card: PastCard; sought: string }) {
  const { key, title, outcome, expected, found, snippet } = card
  return (
    <li class="card library-card">
      <div class="library-head">
        <p class="library-marks"><Outcome outcome={outcome} /><Imported /></p>
        <h2><a href={`#/library/past/${key}`}><Marked text={title} sought={sought} /></a></h2>
      </div>
      {(expected || found) && (
        <dl class="library-facts">
          {expected && <div><dt>Expected</dt><dd><Marked text={expected} sought={sought} /></dd></div>}
          {found && <div><dt>Found, as they say</dt><dd><Marked text={found} sought={sought} /></dd></div>}
        </dl>
      )}
      {sought && snippet && <p class="library-snippet"><Excerpt text={snippet} /></p>}
      <p class="muted small library-foot">{factsOf(card).map(([label, value]) => <span key={label}>{label}: {value}</span>)}</p>
    </li>
  )
}
