import { useEffect, useRef, useState } from 'preact/hooks'
import { inEnvironment, useWrite } from '../api'
import { Button, Problem, Segmented } from '../parts'
import { useWidth } from '../pictures/width'
import { useHere } from '../project'
import type { WordsChange } from '../types'
import { useLater } from './later'

const DEVICES = [{ value: 'desktop', label: 'Desktop' }, { value: 'phone', label: 'Phone' }] as const
/** What a window of the device shows, in its own pixels. */
const WINDOWS = { desktop: [1280, 800], phone: [390, 720] } as const
type Device = keyof typeof WINDOWS

/** Addresses of a page: as it is, and with a plan's words. */
interface PageFrames {
  now: string
  new: string
}

/** The page as it is and with the new words, side by side, before anybody meets it. Asked for only when somebody looks. */
export function BothVersions({ change }: { change: WordsChange }) {
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
      <Frames project={project} change={change} device={device} />
    </section>
  )
}

function Frames({ project, change, device }: { project: string; change: WordsChange; device: Device }) {
  const { send, failure } = useWrite()
  const [made, setMade] = useState<PageFrames>()
  const edits = change.edits.filter(({ text }) => text.trim()).map(({ select, text }) => ({ select, text }))
  const wanted = useLater(JSON.stringify({ path: change.page, edits }), 600)
  useEffect(() => {
    void send<PageFrames>('POST', inEnvironment(project, 'production', 'frames'), JSON.parse(wanted))
      .then((frames) => frames && setMade(frames))
  }, [wanted])
  if (failure) return <Problem failure={failure} title="The page cannot be shown." />
  return (
    <div class="both-sides">
      <Frame title="Now" address={made?.now} device={device} />
      <Frame title="New" address={made?.new} device={device} />
    </div>
  )
}

/** A whole window, made as small as the room for it. Scripts run as they do for visitors, but lead nowhere else. */
function Frame({ title, address, device }: { title: string; address: string | undefined; device: Device }) {
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
            style={{ width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` }}
          />
        )}
      </div>
    </figure>
  )
}
