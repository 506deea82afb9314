import type { ComponentChildren } from 'preact'
import { hard } from '../words'

/** An address, without what ends the sentence around it. */
const ADDRESS = /(https?:\/\/[^\s<>"“”]*[^\s<>"“”.,;:!?()])/

/** What somebody has written, as text: line by line, with its addresses as links and whom it mentions marked. */
export function Linked({ text, names = [] }: { text: string; names?: string[] }) {
  // Splitting by a group keeps what it matched at the odd places.
  const parts = text.split(ADDRESS)
  return (
    <span class="linked">
      {parts.map((part, place) => (place % 2 === 1
        ? <a key={place} href={part} target="_blank" rel="noopener noreferrer nofollow">{part}</a>
        : <Mentions key={place} text={part} names={names} />))}
    </span>
  )
}

function Mentions({ text, names }: { text: string; names: string[] }): ComponentChildren {
  if (names.length === 0) return <>{hard(text)}</>
  // Of two names that begin alike the longer one is meant.
  const known = [...names].sort((one, other) => other.length - one.length).map((name) => name.replace(/[^\p{L}\p{N}\s-]/gu, '\\$&'))
  const parts = text.split(new RegExp(`(@(?:${known.join('|')}))(?![\\p{L}\\p{N}-])`, 'iu'))
  return <>{parts.map((part, place) => (place % 2 === 1 ? <strong key={place}>{part}</strong> : hard(part)))}</>
}
