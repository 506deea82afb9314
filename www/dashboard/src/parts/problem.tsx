import type { ComponentChildren } from 'preact'
import type { Failure } from '../client'
import { hard } from '../words'
import { Button } from './button'
import { Icon } from './icon'

/** What went wrong, why, and what to do next. A failure that names places lists them all. */
export function Problem(
  { failure, title, again, pointers = false, children }:
  {
    failure: Failure; title?: string; children?: ComponentChildren
    /** Where whoever reads it has the document before them. */
    pointers?: boolean
    again?: { label?: string; act(): void }
  },
) {
  return (
    <div class="problem" role="alert">
      <span class="problem-icon"><Icon name={failure.status === 0 ? 'wait' : 'look'} /></span>
      <div class="problem-words">
        <p><strong>{hard(title ?? failure.error)}</strong></p>
        {title && <p>{hard(failure.error)}</p>}
        {failure.fix && <p>{hard(failure.fix)}</p>}
        {failure.problems.length > 0 && (
          <ul>
            {failure.problems.map(({ pointer, cause, fix }) => (
              <li key={`${pointer} ${cause}`}>{hard(`${cause} ${fix}`)} {pointers && pointer && <code>{pointer}</code>}</li>
            ))}
          </ul>
        )}
        {children}
        {again && <Button small onClick={again.act}>{again.label ?? 'Try again'}</Button>}
      </div>
    </div>
  )
}
