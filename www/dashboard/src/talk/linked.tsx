import type { ComponentChildren } from 'preact'
import { hard } from '../words'

/** An address, without what ends the sentence around it. */
const ADDRESS = /(https?:\/\/[^\s<>"“”]*[^\s<>"“”.,;:!?()])/

/** What somebody has written, as text: line by line, with its addresses as links and the teams that it mentions marked. */
export function Linked({ text, teams = [] }: { text: string; teams?: string[] }) {
  // Splitting by a group keeps what it matched at the odd places.
  const parts = text.split(ADDRESS)
  return (
    <span class="linked">
      {parts.map((part, place) => (place % 2 === 1
        ? <a key={place} href={part} target="_blank" rel="noopener noreferrer nofollow">{part}</a>
        : <Mentions key={place} text={part} teams={teams} />))}
    </span>
  )
}

function Mentions({ text, teams }: { text: string; teams: string[] }): ComponentChildren {
  if (teams.length === 0) return <>{hard(text)}</>
  const parts = text.split(new RegExp(`(@(?:${teams.join('|')}))(?![a-z\\d-])`))
  return <>{parts.map((part, place) => (place % 2 === 1 ? <strong key={place}>{part}</strong> : hard(part)))}</>
}
