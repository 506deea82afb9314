import type { Ledger } from '../types'
import { count, percent } from '../words'

/** Reasons as the collector names them, in words. */
export const REASONS: Record<string, string> = {
  'bot-crawler': 'crawlers', 'bot-preview': 'previews of links', 'bot-monitor': 'monitors', 'bot-headless': 'browsers without a screen',
  'bot-script': 'scripts', 'bot-nameless': 'machines that send no user agent', privacy: 'visitors who do not want to be counted', unsigned: 'without our signature', malformed: 'not readable',
  impossible: 'claims what that visitor cannot have met', 'too-long': 'too large', 'too-many': 'more than 100 at once',
  field: 'with a field that is not known', age: 'too long ago', currency: 'in a currency without a rate', erased: 'of erased visitors',
  preview: 'from previews', traits: 'traits of persons, which are not kept', unmapped: 'messages that are nothing to us',
}

interface Part {
  name: string
  n: number
  words: string
  reasons?: Record<string, number>
}

/** received = stored + duplicate + rejected + filtered, as a sentence, a bar and a sum. */
export function LedgerStatement({ ledger }: { ledger: Ledger }) {
  const parts: Part[] = [
    { name: 'stored', n: ledger.stored, words: 'counted once each' },
    { name: 'duplicate', n: ledger.duplicate, words: 'came a second time, changed nothing' },
    { name: 'rejected', n: sum(ledger.rejected), words: 'refused', reasons: ledger.rejected },
    { name: 'filtered', n: sum(ledger.filtered), words: 'left out', reasons: ledger.filtered },
  ]
  const received = parts.reduce((total, { n }) => total + n, 0)
  if (received === 0) return <p>Nothing has come in yet. The first visitor shows up here within a second.</p>
  return (
    <div class="ledger">
      <p class="ledger-received"><strong>{count(received)}</strong> received</p>
      <Bar parts={parts} received={received} />
      <dl>
        {parts.map(({ name, n, words, reasons }, index) => (
          <div key={name} class={`ledger-part ledger-${name}`}>
            <dt><span class="ledger-sign" aria-hidden="true">{index === 0 ? '=' : '+'}</span>{name}</dt>
            <dd class="ledger-n">{count(n)}</dd>
            <dd class="hint">{words}{n > 0 && name !== 'stored' && `, ${percent(n / received, 2)}`}</dd>
            {reasons && n > 0 && (
              <dd>
                <ul class="ledger-reasons">
                  {Object.entries(reasons).map(([reason, n]) => (
                    <li key={reason}><span>{REASONS[reason] ?? reason}</span> <span>{count(n)}</span></li>
                  ))}
                </ul>
              </dd>
            )}
          </div>
        ))}
      </dl>
    </div>
  )
}

function Bar({ parts, received }: { parts: Part[]; received: number }) {
  let from = 0
  return (
    <svg class="ledger-bar" width="100%" height="12" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ name, n }) => {
        const width = (n / received) * 100
        const x = from
        from += width
        return <rect key={name} class={`ledger-${name}`} x={x} width={width} height="12" />
      })}
    </svg>
  )
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, n) => total + n, 0)
