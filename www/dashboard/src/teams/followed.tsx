import { Card, Status, Words } from '../parts'
import { STATES } from '../screens/experiment'
import type { Followed, FollowKind } from '../types/teams'
import { counted } from '../words'
import { Follow } from './follow'
import './teams.css'

const WHAT: Record<FollowKind, string> = { test: 'Test', page: 'Page', team: 'Team' }

/** What somebody follows, and what is tried there now. */
export function FollowedCard({ project, follows, onDone }: { project: string; follows: Followed[]; onDone(): void }) {
  return (
    <Card title="You follow" aside={counted(follows.length, 'thing')}>
      <ul class="followed">
        {follows.map(({ kind, subject, name, tests }) => (
          <li key={`${kind} ${subject}`}>
            <div class="row row-apart">
              <h3><span class="muted">{WHAT[kind]}</span> {name}</h3>
              <Follow {...{ project, kind, subject, name, onDone }} followed />
            </div>
            {tests.length === 0
              ? <p class="muted">Nothing is tried there now.</p>
              : (
                <ul class="followed-tests">
                  {tests.map((test) => (
                    <li key={test.key}>
                      <a href={`#/experiments/${test.key}`}>{test.title}</a>
                      <Status tone={STATES[test.state].tone}>{STATES[test.state].word}</Status>
                      {test.headline && <span class="muted"><Words>{test.headline}</Words></span>}
                    </li>
                  ))}
                </ul>
              )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
