import { useId } from 'preact/hooks'
import type { Flag, Plan } from '../types'
import { hard } from '../words'

/** What one version had, as it was planned: never markup, however it reads. */
interface Side {
  /** Where it stood. */
  at: string
  lines: string[]
}

/** More lines a card has no room for; the plan has all. */
const LINES = 3

/**
 * A picture of both versions, drawn from the plan: the words that were exchanged, or the two addresses, or what the flag
 * served. It says what was different, and nothing that nobody has seen.
 */
export function Both({ change, flags }: { change: Plan['change']; flags: Flag[] }) {
  const id = useId()
  const [before, after] = sides(change, flags)
  if (!before || !after || after.lines.length === 0) return null
  return (
    <figure class="pair" aria-labelledby={id}>
      <figcaption id={id} class="unseen">Both versions</figcaption>
      <Frame name="Old" side={before} />
      <Frame name="New" side={after} isNew />
    </figure>
  )
}

function Frame({ name, side: { at, lines }, isNew = false }: { name: string; side: Side; isNew?: boolean }) {
  return (
    <div class={isNew ? 'pair-frame pair-new' : 'pair-frame'}>
      <p class="pair-bar"><strong>{name}</strong> <span>{at}</span></p>
      <ul>
        {lines.slice(0, LINES).map((line, index) => <li key={index}>{hard(line)}</li>)}
        {lines.length > LINES && <li class="muted small">and {lines.length - LINES} more</li>}
      </ul>
    </div>
  )
}

function sides(change: Plan['change'], flags: Flag[]): [Side?, Side?] {
  if (change.kind === 'words') {
    const edits = change.edits.filter(({ from, text }) => from !== text)
    return [{ at: change.page, lines: edits.map(({ from }) => from) }, { at: change.page, lines: edits.map(({ text }) => text) }]
  }
  if (change.kind === 'pages') return [{ at: change.page, lines: [`The page at ${change.page}`] }, { at: change.page, lines: [`The page at ${change.other}`] }]
  const variants = flags.find(({ key }) => key === change.flag)?.variants
  const served = (name: string): Side => {
    const value = variants?.find(({ key }) => key === name)?.value
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
    return { at: change.flag, lines: text && text !== name ? [name, text] : [name] }
  }
  return [served(change.control), served(change.treatment)]
}
