import { hard } from '../words'

/** A sentence from the engine: its numbers keep their “%” beside them. */
export function Words({ children }: { children: string | null | undefined }) {
  return <>{hard(children ?? '')}</>
}
