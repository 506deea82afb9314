// An application whose flags have types. Each line below an expectation of an error must be one.

import { OpenFeature } from '@openfeature/web-sdk'
import { OpenFeature as ServerFeature } from '@openfeature/server-sdk'
import { inlined, open, type OpenFlags } from 'pointsman'
import { connect } from 'pointsman/connect'
import { PointsmanProvider } from 'pointsman/openfeature-web'
import { PointsmanProvider as ServerProvider } from 'pointsman/openfeature-server'
import { FlagsProvider, useExperiment, useFlag, useFlags, Variant } from 'pointsman/react'
import { serve } from 'pointsman/server'
import { survey } from 'pointsman/survey'
import { withFlags } from 'pointsman/testing'

declare module 'pointsman' {
  interface Flags {
    hero: 'Coffee' | 'Roasted this morning'
    shipping: boolean
    price: number
    banner: { text: string; lines: number[] }
  }
}

const flags: OpenFlags = open(inlined(), { unit: 'ada', plan: 'pro', visits: 3 })
const hero: 'Coffee' | 'Roasted this morning' = flags.get('hero', 'Coffee')
const shipping: boolean = flags.get('shipping', false)
const price: number = flags.get('price', 0)
const lines: number[] = flags.get('banner', { text: '', lines: [] }).lines
const perhaps: boolean | undefined = flags.get('shipping')
// @ts-expect-error: without a fallback there may be nothing
const surely: boolean = flags.get('shipping')
// @ts-expect-error: no such key
flags.get('heroo', 'Coffee')
// @ts-expect-error: no such value
flags.get('hero', 'Tea')
// @ts-expect-error: a boolean is due
flags.get('shipping', 'yes')
// @ts-expect-error: a number is due
flags.get('price', '7')
// @ts-expect-error: the lines are missing
flags.get('banner', { text: '' })
// @ts-expect-error: no such key
flags.why('heroo')
// @ts-expect-error: no such key
flags.seen('heroo')
const reason: string | undefined = flags.why('hero').variant
// @ts-expect-error: a unit is a text
flags.update({ unit: 7 })
// @ts-expect-error: decisions are made, not changed
flags.why('hero').value = 'Coffee'

const stop: () => void = flags.subscribe(() => {})
const connected = connect({ url: 'https://www.example.com', key: 'v1.client.k1.x', refresh: 0, onChange: (now) => now.get('shipping', true) })
connected.ready.then(() => connected.close())
// @ts-expect-error: a key is needed
connect({ url: 'https://www.example.com' })

const [asked] = survey.all()
survey.answer(asked?.key ?? 'clear', { choice: '4', text: 'At once.' }).then(({ outcome, talk }) => [outcome === 'stored', talk])
// @ts-expect-error: an answer is a choice or words
survey.answer('clear', { stars: 4 })

const server = serve(connected, { edge: true })
const visit = server.visit(new Request('https://www.example.com/'), { country: 'AT' })
const headers: Headers = visit.headers
const served: boolean = visit.flags.get('shipping', false)
server.visit({ headers: { cookie: 'a=b' }, url: '/' })
// @ts-expect-error: no such key
server.why('heroo', {})

OpenFeature.setProvider(new PointsmanProvider(flags, { exposures: 'tracking' }))
ServerFeature.setProvider(new ServerProvider(server))
// @ts-expect-error: this one is for browsers
ServerFeature.setProvider(new PointsmanProvider(flags))

const tested = withFlags({ hero: 'Coffee' })
tested.set('shipping', true)
// @ts-expect-error: no such value
withFlags({ hero: 'Tea' })
// @ts-expect-error: no such key
tested.set('heroo', true)

export function Page() {
  const words: 'Coffee' | 'Roasted this morning' = useFlag('hero', 'Coffee')
  const free: boolean = useFlag('shipping', false, { seen: false })
  const experiment = useExperiment('hero')
  const value: 'Coffee' | 'Roasted this morning' | undefined = experiment.value
  const all: OpenFlags = useFlags()
  // @ts-expect-error: no such key
  useFlag('heroo', 'Coffee')
  // @ts-expect-error: a boolean is due
  useFlag('shipping', 1)
  // @ts-expect-error: no such key
  useExperiment('heroo')
  return (
    <FlagsProvider flags={flags}>
      <Variant flag="hero" is="fresh">{words}{String(free)}{value}{all.keys()}</Variant>
      {/* @ts-expect-error: no such key */}
      <Variant flag="heroo" is="fresh" />
      <button onClick={() => experiment.track('order')} />
    </FlagsProvider>
  )
}

// Flags may also be named where they are opened.
const own = open<{ promo: number }>(null)
const promo: number = own.get('promo', 1)
// @ts-expect-error: no such key among these
own.get('hero', 'Coffee')

export { flags, headers, hero, lines, perhaps, price, promo, reason, served, shipping, stop, surely }
