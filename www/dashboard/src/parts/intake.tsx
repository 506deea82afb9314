import { Status } from './status'

/** Says of numbers that anybody could have invented them; signed ones need no word. */
export function Unsigned({ intake }: { intake: 'signed' | 'open' }) {
  return intake === 'open' ? <Status tone="look">Open intake: not signed</Status> : null
}
