// What is known of a visitor: as it is typed into fields, and as the engine takes it.

import type { Read } from '../types'

/** What was typed, by attribute. An empty text is not known. */
export type Typed = Record<string, string>

/** Whoever asks about a visitor asks about more than one flag, so the last one is remembered until the page goes. */
export const last: { typed: Typed } = { typed: {} }

/** The context of what was typed, or what is wrong with a field. */
export function contextOf(reads: Read[], typed: Typed): { context: Record<string, unknown>; wrong: Typed } {
  const context: Record<string, unknown> = {}
  const wrong: Typed = {}
  for (const read of reads) {
    const text = typed[read.attribute]?.trim() ?? ''
    if (text === '') continue
    const items = read.list ? text.split(',').map((item) => item.trim()).filter(Boolean) : [text]
    const values = items.map((item) => valueOf(read, item))
    if (values.includes(undefined)) wrong[read.attribute] = `“${text}” is not a number.`
    else put(context, read.attribute, read.list ? values : values[0])
  }
  return { context, wrong }
}

function valueOf({ type }: Read, text: string): unknown {
  if (type === 'boolean') return text === 'true'
  const number = Number(text)
  if (type === 'number') return Number.isFinite(number) ? number : undefined
  // Where rules disagree, what looks like a number or a boolean is one; JSON says it exactly.
  if (type !== 'any') return text
  return text === 'true' || text === 'false' ? text === 'true' : Number.isFinite(number) ? number : text
}

/** A name that starts with `/` is a path through nested objects. */
function put(context: Record<string, unknown>, name: string, value: unknown): void {
  if (!name.startsWith('/')) {
    context[name] = value
    return
  }
  const steps = name.slice(1).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const end = steps.pop() ?? ''
  let place = context
  for (const step of steps) place = (place[step] ??= {}) as Record<string, unknown>
  place[end] = value
}
