import { useEffect, useState } from 'preact/hooks'
import { call, inEnvironment, inProject, useWrite } from '../api'
import { Button, Check as Tick, Dialog, Problem, Segmented } from '../parts'
import type { Check, Experiment, FlagChange } from '../types'
import { DEVICES, editsOf, Frame } from './both-versions'
import type { Device, PageFrames } from './both-versions'
import { fieldId } from './model'

interface Props {
  project: string
  check: Check
  saved(): Promise<Experiment | undefined>
  onLooked(experiment: Experiment): void
}

/** A preview that somebody can look at: a page in a frame of ours, or the whole site beside this one. */
interface Preview {
  address: string
  framed: boolean
}

/** A variant to look at, and the tick by which somebody says that it is as it should be. Nobody ticks what they have not opened. */
export function Look({ project, check: { about: variant, state, sentence, pointer }, saved, onLooked }: Props) {
  const { send, busy, failure } = useWrite()
  const [preview, setPreview] = useState<Preview>()
  // On what it was looked at: the site beside this screen is on whatever they use.
  const [seen, setSeen] = useState<string[]>([])
  const [device, setDevice] = useState<Device>(matchMedia('(max-width: 640px)').matches ? 'phone' : 'desktop')
  const close = () => {
    setPreview(undefined)
    setSeen([])
  }
  // What was open shows an older plan once that has changed.
  useEffect(close, [state, sentence.startsWith('The plan has changed')])
  const post = <T,>(path: string, body: object) => send<T>('POST', inEnvironment(project, 'production', path), body)
  const open = async () => {
    const experiment = await saved()
    if (experiment) setPreview(await previewOf(project, experiment, variant, post))
  }
  const tick = async () => {
    const experiment = await saved()
    if (!experiment || !preview) return
    const path = inProject(project, 'experiments', experiment.key, 'quality')
    const looked = await send<Experiment>('POST', path, { variant, preview: preview.address }, experiment.revision)
    if (!looked) return
    close()
    onLooked(looked)
    // The button that has opened it is gone.
    document.getElementById(fieldId(pointer))?.focus()
  }
  const look = (on: string) => setSeen((before) => (before.includes(on) ? before : [...before, on]))
  // The frame takes another width, and loads nothing anew.
  const turn = (next: Device) => {
    setDevice(next)
    if (seen.length > 0) look(ON[next])
  }
  const box = (
    <Tick
      label={`“${variant}” is as it should be`} checked={state === 'ok'} disabled={state === 'ok' || seen.length === 0 || busy}
      onValue={(on) => on && void tick()}
    />
  )
  const told = state !== 'ok' && seen.length > 0 && (
    <p class="hint">You saw “{variant}” {seen.join(' and ')}; the other version has its own tick.</p>
  )
  return (
    <div class="before-look">
      {!(preview && !preview.framed) && state !== 'ok' && (
        <Button small icon="search" busy={busy} onClick={() => void open()}>Look at “{variant}”</Button>
      )}
      {preview?.framed && (
        <Dialog title={`“${variant}”, as visitors would meet it`} widest onClose={close}>
          <div class="row row-apart">
            <Segmented<Device> label="As seen on" value={device} options={DEVICES} onValue={turn} />
            {box}
          </div>
          {told}
          {failure && <Problem failure={failure} />}
          <Frame title={variant} address={preview.address} device={device} onLoad={() => look(ON[device])} />
        </Dialog>
      )}
      {preview && !preview.framed && (
        <a href={preview.address} target="_blank" rel="noreferrer" onClick={() => look('on the site')}>
          Open the site with “{variant}”<span class="unseen"> (opens beside this)</span>
        </a>
      )}
      {!preview?.framed && <>{box}{told}</>}
      {failure && !preview?.framed && <Problem failure={failure} />}
    </div>
  )
}

/** What a frame was as wide as. */
const ON: Record<Device, string> = { desktop: 'as a desktop shows it', phone: 'as a phone shows it' }

type Post = <T>(path: string, body: object) => Promise<T | undefined>

async function previewOf(project: string, experiment: Experiment, variant: string, post: Post): Promise<Preview | undefined> {
  const change = experiment.plan?.change
  if (!change) return undefined
  if (change.kind !== 'flag') {
    const made = await post<PageFrames>('frames', { path: change.page, edits: editsOf(change) })
    const address = variant === experiment.treatment ? made?.new : made?.now
    return address ? { address, framed: true } : undefined
  }
  const path = await pageOf(project, change)
  const made = path === undefined ? undefined : await post<PageFrames>('frames', { path, flag: change.flag, variant })
  if (made?.new) return { address: made.new, framed: true }
  const site = await post<{ links: string[] }>('preview', { path: path ?? '/', variants: { [change.flag]: variant } })
  return site?.links[0] ? { address: site.links[0], framed: false } : undefined
}

/** A page that a flag changes, if it changes any. */
async function pageOf(project: string, { flag }: FlagChange): Promise<string | undefined> {
  const served = await call<{ document: Served | null }>('GET', inEnvironment(project, 'production', 'document'))
  const pages = served.ok ? Object.values(served.value.document?.pages ?? {}) : []
  return pages.find((page) => page.flag === flag && /^[\w/.-]+$/.test(page.path))?.path
}

interface Served {
  pages?: Record<string, { flag: string; path: string }>
}
