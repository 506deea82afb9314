import type { ComponentChildren } from 'preact'
import { Time } from '../parts'
import type { Flag, LibraryCard } from '../types'
import { counted, hard } from '../words'
import { Both } from './both'
import { Outcome } from './outcome'

/** One experiment as the next team needs it: expected beside found, then the words of those who were there. */
export function LibraryEntry({ card, sought, flags }: { card: LibraryCard; sought: string; flags: Flag[] }) {
  const { key, title, outcome, headline, words, change, expected, found, lessons, snippet, ended, people, who } = card
  return (
    <li class="card library-card">
      <div class="library-head">
        <Outcome outcome={outcome} />
        <h2><a href={`#/experiments/${key}/debrief`}><Marked text={title} sought={sought} /></a></h2>
        {!found.includes(headline) && <p class="library-headline"><Marked text={headline} sought={sought} /></p>}
        {words && !found.includes(words) && <p class="muted"><Marked text={words} sought={sought} /></p>}
      </div>
      {change && <Both change={change} flags={flags} />}
      <dl class="library-facts">
        <div><dt>Expected</dt><dd><Marked text={expected} sought={sought} /></dd></div>
        <div><dt>Found</dt><dd><Marked text={found} sought={sought} /></dd></div>
      </dl>
      {sought && snippet && <p class="library-snippet"><Excerpt text={snippet} /></p>}
      {lessons.length > 0 && (
        <dl class="library-answers">
          {lessons.map(({ question, answer }) => (
            <div key={question}><dt>{question}</dt><dd><Marked text={answer} sought={sought} /></dd></div>
          ))}
        </dl>
      )}
      <p class="muted small library-foot">
        <span>{counted(people, 'person', 'people')}</span><span>ended <Time at={ended} /></span><span>{who}</span>
      </p>
    </li>
  )
}

/** The engine puts what it found into brackets: `test the [zebra] basket`. */
export function Excerpt({ text }: { text: string }): ComponentChildren {
  const parts = hard(text).split(/\[([^[\]]*)\]/)
  return <>{parts.map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part))}</>
}

/** The words that were sought, marked where they stand. */
export function Marked({ text, sought }: { text: string; sought: string }): ComponentChildren {
  const words = sought.split(/\s+/).filter((word) => word.length > 1).map(literally)
  if (words.length === 0) return <>{hard(text)}</>
  // Splitting by a group keeps what it matched at the odd places.
  const parts = hard(text).split(new RegExp(`(${words.join('|')})`, 'iu'))
  return <>{parts.map((part, i) => (i % 2 === 1 ? <mark key={i}>{part}</mark> : part))}</>
}

const literally = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
