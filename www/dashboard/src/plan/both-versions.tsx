import { useEffect, useRef, useState } from 'preact/hooks'
import { inEnvironment, useLive, useWrite } from '../api'
import { Button, Problem, Segmented, TextField } from '../parts'
import { useWidth } from '../pictures/width'
import { useHere } from '../project'
import type { FlagChange, PagesChange, WordsChange } from '../types'
import { useLater } from './later'

export const DEVICES = [{ value: 'desktop', label: 'Desktop' }, { value: 'phone', label: 'Phone' }] as const
/** What a window of the device shows, in its own pixels. */
const WINDOWS = { desktop: [1280, 800], phone: [390, 720] } as const
export type Device = keyof typeof WINDOWS

/** Addresses of a page: as it is, and as a variant has it; or where that leads. */
export interface PageFrames {
  now: string
  new: string | null
  leads?: string
}

/** What is asked for: a page, and the edits of a plan or a variant of what is published. */
interface Question {
  path: string
  edits?: ({ select: string; text: string } | { change: { rewrite: string } })[]
  flag?: string
  variant?: string
}

/** The page as it is and as it would be, side by side, before anybody meets it. Asked for only when somebody looks. */
export function BothVersions({ change }: { change: WordsChange | PagesChange }) {
  return <Sides question={{ path: change.page, edits: editsOf(change) }} />
}

/** What a plan changes of its page, as frames are asked for. */
export const editsOf = (change: WordsChange | PagesChange): NonNullable<Question['edits']> =>
  change.kind === 'pages'
    ? [{ change: { rewrite: change.other } }]
    : change.edits.filter(({ text }) => text.trim()).map(({ select, text }) => ({ select, text }))

/** A page that a flag changes, in the variant that is tried beside it as it is. */
export function BothVariants({ change: { flag, treatment } }: { change: FlagChange }) {
  const { project } = useHere()
  const { value } = useLive<{ document: { pages?: Record<string, { flag: string; path: string }> } | null }>(
    inEnvironment(project, 'production', 'document'), 0,
  )
  const patterns = Object.values(value?.document?.pages ?? {}).filter((page) => page.flag === flag)
  const [path, setPath] = useState<string>()
  if (!patterns.length) return null
  const first = patterns.find((page) => /^[\w/.-]+$/.test(page.path))?.path ?? '/'
  return (
    <div class="stack">
      <TextField label="Page" value={path ?? first} onValue={setPath} spellcheck={false} />
      <Sides question={{ path: path ?? first, flag, variant: treatment }} />
    </div>
  )
}

function Sides({ question }: { question: Question }) {
  const { project, environments } = useHere()
  const [open, setOpen] = useState(false)
  const [device, setDevice] = useState<Device>('desktop')
  if (!environments.some(({ key, site }) => key === 'production' && site)) return null
  if (!open) return <div><Button small icon="search" onClick={() => setOpen(true)}>See both versions</Button></div>
  return (
    <section class="both" aria-label="Both versions">
      <div class="row row-apart">
        <Segmented<Device> label="As seen on" value={device} options={DEVICES} onValue={setDevice} />
        <Button small kind="quiet" onClick={() => setOpen(false)}>Close</Button>
      </div>
      <Frames project={project} question={question} device={device} />
    </section>
  )
}

function Frames({ project, question, device }: { project: string; question: Question; device: Device }) {
  const { send, failure } = useWrite()
  const [made, setMade] = useState<PageFrames>()
  const wanted = useLater(JSON.stringify(question), 600)
  useEffect(() => {
    void send<PageFrames>('POST', inEnvironment(project, 'production', 'frames'), JSON.parse(wanted))
      .then((frames) => frames && setMade(frames))
  }, [wanted])
  if (failure) return <Problem failure={failure} title="The page cannot be shown." />
  return (
    <>
      {made?.leads && <p>Visitors are sent to <code>{made.leads}</code>.</p>}
      <div class="both-sides">
        <Frame title="Now" address={made?.now} device={device} />
        {made?.new !== null && <Frame title="New" address={made?.new} device={device} />}
      </div>
    </>
  )
}

/** A whole window, made as small as the room for it. Scripts run as they do for visitors, but lead nowhere else. */
export function Frame(
  { title, address, device, onLoad }: { title: string; address: string | undefined; device: Device; onLoad?(): void },
) {
  const box = useRef<HTMLDivElement>(null)
  const room = useWidth(box)
  const [width, height] = WINDOWS[device]
  const scale = Math.min(1, room / width)
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={box} class="both-window" style={{ height: `${Math.round(height * scale)}px` }}>
        {address && (
          <iframe
            key={address} src={address} title={`${title}: the page on a ${device}`} sandbox="allow-scripts allow-same-origin"
            onLoad={onLoad}
            style={{ width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` }}
          />
        )}
      </div>
    </figure>
  )
}
