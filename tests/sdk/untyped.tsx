// An application that has named no flags: every key goes, and the fallback says what is expected.

import { open } from 'pointsman'
import { useFlag } from 'pointsman/react'

const flags = open(new Uint8Array(), { unit: 'ada' })
const words: string = flags.get('hero', 'Coffee')
const free: boolean = flags.get('free-shipping', false)
const price: number = flags.get('price', 7)
const banner: { text: string } = flags.get('banner', { text: '' })
// @ts-expect-error: the fallback is a text
const wrong: number = flags.get('hero', 'Coffee')
// @ts-expect-error: no flag has such a value
flags.get('hero', () => 7)

export function Page() {
  const words: string = useFlag('hero', 'Coffee')
  // @ts-expect-error: the fallback is a text
  const wrong: number = useFlag('hero', 'Coffee')
  return <h1>{words}{wrong}</h1>
}

export { banner, free, price, words, wrong }
