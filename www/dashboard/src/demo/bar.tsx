import { useEffect, useRef, useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { engineSays } from '../clock'
import { Icon, later, Progress, useTick } from '../parts'
import { useHere } from '../project'
import type { Demo } from '../types'
import { date } from '../words'
import { ACTS } from './acts'
import { useActs } from './doing'
import type { Doing } from './doing'
import { useRecovery } from './recovery'
import { Telling } from './telling'

const Guide = later(async () => (await import('./guide')).Guide)

const PLACE = 'pointsman.demo'
const GUIDED = 'pointsman.guided'

const BUSY = 1000
const IDLE = 3000

/** What one can do to the demo, to see what the engine makes of it. Elsewhere there is no such bar. */
export function DemoBar() {
  const { project } = useHere()
  const [busy, setBusy] = useState(false)
  const live = useLive<Demo>(inProject(project, 'demo'), busy ? BUSY : IDLE)
  const [open, setOpen] = useState(() => remembered() ?? innerWidth > 640)
  const [guided, setGuided] = useState(() => remembered(GUIDED) ?? false)
  useEffect(() => remember(guided, GUIDED), [guided])
  const doing = useActs(project, live)
  const bar = useRef<HTMLElement>(null)
  useHeight(bar)
  useRecovery()
  const moves = live.value?.busy != null || live.value?.telling != null
  useEffect(() => setBusy(moves), [moves])
  const toggle = (): void => {
    remember(!open)
    setOpen(!open)
  }
  return (
    <aside class="demo" aria-label="Demo" ref={bar}>
      <div class="demo-row">
        <button type="button" class="demo-name" aria-expanded={open} onClick={toggle}>
          <span>Demo</span><Icon name={open ? 'down' : 'next'} size={16} />
        </button>
        {open
          ? <Acts demo={live.value} doing={doing} />
          : <p class="demo-hint">{live.value?.clock.offset ? '' : 'Break things, and watch.'}</p>}
        <button type="button" class="demo-guide" aria-expanded={guided} onClick={() => setGuided(!guided)}>Guide me</button>
        {live.value && <Clock offset={live.value.clock.offset} />}
      </div>
      <Telling telling={live.value?.telling} />
      {guided && <Guide project={project} onClose={() => (setGuided(false), bar.current?.querySelector<HTMLElement>('.demo-guide')?.focus())} />}
      <div role="status">
        {live.value?.busy && (
          <div class="demo-busy">
            <span>{live.value.busy.what}</span>
            <Progress value={live.value.busy.done} max={1} label={live.value.busy.what} />
          </div>
        )}
        {live.value?.failed && !live.value.busy && (
          <p class="demo-look">The last one ended early: {live.value.failed}</p>
        )}
        {doing.told && (
          <p class="demo-look">
            <Icon name={doing.told.bad ? 'look' : 'next'} size={16} />
            <span>{doing.told.look}{doing.told.where && <>{' '}<a href={doing.told.where}>Look there</a></>}</span>
            {doing.told.url && <a href={doing.told.url} target="_blank" rel="noopener">Open the shop</a>}
            <button type="button" class="icon-button" aria-label="Close this hint" onClick={doing.forget}>
              <Icon name="close" size={14} />
            </button>
          </p>
        )}
      </div>
    </aside>
  )
}

function Acts({ demo, doing }: { demo: Demo | undefined; doing: Doing }) {
  const [waits, told] = [demo?.busy != null, demo?.telling == null]
  return (
    <ul class="demo-acts">
      {ACTS.map((act) => {
        const on = demo !== undefined && (act.isOn?.(demo) ?? false)
        return (
          <li key={act.path}>
            <button
              type="button" title={act.title} aria-pressed={act.isOn ? on : undefined}
              aria-busy={doing.busy === act.path || undefined}
              disabled={!demo || doing.busy !== undefined || (waits && act.long) || !(told || act.path === 'visit')}
              onClick={() => void doing.start(act, !on)}
            >
              {on ? act.undo ?? act.word : act.word}
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** The demo's date, once it is another one than this machine's. */
function Clock({ offset }: { offset: number }) {
  useTick(30_000)
  const hours = Math.round(offset / 3_600_000)
  useEffect(() => engineSays(Date.now() + offset), [offset])
  if (hours < 1) return null
  return (
    <p class="demo-clock" title={`The demo's clock is ${hours} hours ahead of this machine's.`}>
      <Icon name="wait" size={16} /> <span>it is {date(Date.now() + offset)} here</span>
    </p>
  )
}

/** The places below the bar stay in view beside it, so they must know how high it is. */
function useHeight(bar: { current: HTMLElement | null }): void {
  useEffect(() => {
    const root = document.documentElement
    const watcher = new ResizeObserver(() => root.style.setProperty('--demo', `${bar.current?.offsetHeight ?? 0}px`))
    if (bar.current) watcher.observe(bar.current)
    return () => {
      watcher.disconnect()
      root.style.removeProperty('--demo')
    }
  }, [])
}

function remembered(place = PLACE): boolean | undefined {
  try {
    const found = localStorage.getItem(place)
    return found === null ? undefined : found === 'open'
  } catch {
    return undefined
  }
}

function remember(open: boolean, place = PLACE): void {
  try {
    localStorage.setItem(place, open ? 'open' : 'closed')
  } catch {
    // Then it is as it was at the next visit.
  }
}
