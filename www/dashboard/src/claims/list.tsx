import type { ComponentChildren } from 'preact'
import { Imported } from '../library/past'
import { Time } from '../parts'
import type { Claim, Evidence } from '../types/library'
import './claims.css'

/** Claims with what speaks for them and against them. `tools` are what can be done with each. */
export function ClaimList({ claims, tools, shown }: { claims: Claim[]; tools?(claim: Claim): ComponentChildren; shown?: string }) {
  return (
    <ul class="claims">
      {claims.map((claim) => (
        <li key={claim.id} aria-current={String(claim.id) === shown ? 'true' : undefined}>
          <p class="claim-text">{claim.text}</p>
          <div class="claim-sides">
            <Side title="For it" none="Nothing is named for it." those={claim.for} />
            <Side title="Against it" none="Nothing is named against it." those={claim.against} />
          </div>
          <p class="muted small">{claim.who}, <Time at={claim.at} /></p>
          {tools?.(claim)}
        </li>
      ))}
    </ul>
  )
}

function Side({ title, none, those }: { title: string; none: string; those: Evidence[] }) {
  return (
    <div>
      <p class="claim-side">{title}</p>
      {those.length === 0 ? <p class="muted small">{none}</p> : (
        <ul class="claim-evidence">
          {those.map(({ key, title, imported }) => (
            <li key={key}>
              <a href={imported ? `#/library/past/${key}` : `#/experiments/${key}/reading`}>{title}</a>
              {imported && <Imported />}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
