import type { ComponentChildren } from 'preact'
import { Table } from '../parts'
import { Said } from '../rules/said'
import type { Rule } from '../types/document'
import { percent } from '../words'
import { differencesOf } from './difference'
import type { Difference } from './difference'

/** More of them nobody reads one by one. */
const SHOWN = 40
/** Items of a list of single values that are told one by one. */
const ITEMS = 6
const EVERYBODY = 2 ** 32

/** What is not the same in two parts of a document: what it was beside what it becomes. */
export function Differences(
  { label, before, after, was = 'Now', becomes = 'Then' }:
  { label: string; before: unknown; after: unknown; was?: string; becomes?: string },
) {
  const all = differencesOf(before, after)
  if (all.length === 0) return <p class="muted">Nothing is different.</p>
  return (
    <div class="differences">
      <Table
        label={label} rows={all.slice(0, SHOWN)} rowKey={({ pointer, after }) => `${pointer} ${after === undefined}`}
        columns={[
          { title: 'Where', cell: ({ pointer }) => <code>{pointer}</code> },
          { title: was, cell: (one) => (one.before === undefined ? <Nothing /> : <del>{said(one, one.before, one.after)}</del>) },
          { title: becomes, cell: (one) => (one.after === undefined ? <Nothing /> : <ins>{said(one, one.after, one.before)}</ins>) },
        ]}
      />
      {all.length > SHOWN && <p class="muted">and {all.length - SHOWN} more places.</p>}
    </div>
  )
}

const Nothing = () => <span class="muted">nothing</span>

/** A value on one side: a rule as a sentence, and of long lists only what the other side has not. */
function said({ pointer }: Difference, own: unknown, other: unknown): ComponentChildren {
  if (/^(\/flags\/[^/]+)?\/rules\/\d+$/.test(pointer) && own !== null && typeof own === 'object') return <Said rule={own as Rule} />
  if (pointer.endsWith('/below') && typeof own === 'number') return percent(own / EVERYBODY, 2)
  if (Array.isArray(own) && own.length > ITEMS && own.every((item) => typeof item !== 'object')) {
    const there = new Set(Array.isArray(other) ? other : [])
    const only = own.filter((item) => !there.has(item))
    return `${own.length} values, ${only.length === 0 ? 'all of them on the other side, too' : `${only.length} of them only here`}`
  }
  return typeof own === 'string' ? own : JSON.stringify(own)
}
