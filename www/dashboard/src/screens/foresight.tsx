// What a change would do before it is made: whom it moves, what keeps it from going live, what would be worth a look.

import { useEffect, useState } from 'preact/hooks'
import { call, useWrite } from '../api'
import type { Result } from '../api'
import { Button, Icon, Problem, TextField, toast, Words } from '../parts'
import type { Advice, EnvironmentKey, FlagMoves, MovePath, Preview, Problem as Wrong } from '../types'
import { percent } from '../words'
import { inWords } from './condition'

/** Long enough not to ask for every step of a slider that is being drawn. */
const SETTLED = 250

/** Asks what a call would do, once it has settled. No body, no question. */
export function usePreview<Answer extends Preview>(
  method: 'PUT' | 'POST', path: string, body: string | null, revision: number,
): Result<Answer> | undefined {
  const [preview, setPreview] = useState<{ asked: string; result: Result<Answer> }>()
  const asked = `${path} ${revision} ${body}`
  useEffect(() => {
    if (body === null) return
    const gone = new AbortController()
    const timer = setTimeout(async () => {
      const options = { body: JSON.parse(body), revision, signal: gone.signal }
      const result = await call<Answer>(method, asking(path, 'preview=1'), options)
      if (!gone.signal.aborted) setPreview({ asked, result })
    }, SETTLED)
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [method, path, body, revision])
  return body !== null && preview?.asked === asked ? preview.result : undefined
}

/** A path that may ask something already asks this, too. */
const asking = (path: string, query: string | URLSearchParams): string => `${path}${path.includes('?') ? '&' : '?'}${query}`

/** All of it, where a whole document is about to go live. */
export function Foresight({ preview }: { preview: Result<Preview> | undefined }) {
  return (
    <section class="pending" aria-label="What publishing would do">
      <div class="stack" aria-live="polite">
        {!preview && <p class="muted">Counting who would move …</p>}
        {preview?.ok && (
          <>
            {preview.value.changes.length === 0 && <p>Nobody would get anything else than now.</p>}
            <Radius changes={preview.value.changes} />
            <Objections problems={preview.value.problems} />
            <NewAdvice advice={preview.value.advice} />
          </>
        )}
      </div>
      {preview?.ok === false && <Problem pointers failure={preview} />}
    </section>
  )
}

export function Objections({ problems }: { problems: Wrong[] }) {
  return (
    <>
      {problems.map(({ pointer, cause, fix }) => (
        <p key={pointer + cause} class="pending-problem">
          <Icon name="look" size={18} /><span><Words>{`${cause} ${fix}`}</Words></span>
        </p>
      ))}
    </>
  )
}

/** What goes to more visitors than one person may decide alone is asked for, with a word of why. */
export function AskApproval({ method, path, body, revision, environment, onAsked }: {
  method: 'PUT' | 'POST'; path: string; body: unknown; revision: number; environment: EnvironmentKey; onAsked(): void
}) {
  const [why, setWhy] = useState('')
  const write = useWrite()
  async function ask(): Promise<void> {
    const query = new URLSearchParams({ propose: '1', why: why.trim() })
    if ((await write.send(method, asking(path, query), body, revision)) === undefined) return
    toast({ text: 'It waits for approval.', link: { label: 'Approvals', href: `#/flags/${environment}?show=changes` } })
    onAsked()
  }
  return (
    <div class="stack">
      <TextField label="Why? (optional)" placeholder="What whoever approves it should know" value={why} onValue={setWhy} />
      {write.failure && <Problem failure={write.failure} />}
      <div class="actions"><Button icon="review" busy={write.busy} onClick={() => void ask()}>Ask for approval</Button></div>
    </div>
  )
}

export function NewAdvice({ advice }: { advice: Advice[] }) {
  return (
    <>
      {advice.map(({ pointer, code, cause, fix }) => (
        <p key={`${pointer} ${code}`} class="pending-problem">
          <Icon name="look" size={18} /><span>Worth a look: <Words>{`${cause} ${fix}`}</Words> <code>{pointer}</code></span>
        </p>
      ))}
    </>
  )
}

/**
 * Each flag that changes, in a sentence, with its paths for whoever wants to know which. Of the flag `said` a sentence
 * stands above already.
 */
export function Radius({ changes, said }: { changes: FlagMoves[]; said?: string }) {
  return (
    <>
      {changes.map(({ flag, words, paths, moving }) => (
        <div key={flag} class="radius">
          {flag !== said && <p><strong>{flag}</strong>: <Words>{words}</Words></p>}
          {paths.length > 0 && (
            <details class="fold">
              <summary>Who moves, path by path</summary>
              <ul>{paths.map((path) => <li key={path.holds.join() + path.fails.join()}><Path path={path} /></li>)}</ul>
              {moving > paths.length && <p class="muted">and {moving - paths.length} more that move no more than these.</p>}
            </details>
          )}
        </div>
      ))}
    </>
  )
}

const KINDS = { gains: 'newly get', loses: 'lose it and get', switches: 'switch to' }

function Path({ path: { holds, fails, moves } }: { path: MovePath }) {
  return (
    <>
      <p class="radius-who">
        {holds.map((words) => <span key={words} title={words}><i>if</i> {inWords(words)}</span>)}
        {fails.map((words) => <span key={words} title={words}><i>unless</i> {inWords(words)}</span>)}
        {holds.length + fails.length === 0 && <span>everybody</span>}
      </p>
      {moves.map(({ from, to, kind, share }) => (
        <p key={`${from} ${to}`}>
          <strong>{percent(share, 2)}</strong> {KINDS[kind]} <code>{to}</code>
          {' '}<span class="muted">{from === to ? 'with another value or other edits' : <>in place of <code>{from}</code></>}</span>
        </p>
      ))}
    </>
  )
}
