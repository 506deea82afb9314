'use client'
import { useExperiment, useFlag, Variant } from 'pointsman/react'

export function Shop() {
  const words = useFlag('hero', 'Coffee')
  const notice = useFlag('notice', { text: '', until: '' })
  const { track } = useExperiment('hero')
  return (
    <main>
      <h1 id="hero">{words}</h1>
      <Variant flag="hero" is="fresh"><p id="warm">Still warm.</p></Variant>
      {useFlag('free-shipping', false) && <p id="shipping">Shipping is free</p>}
      {useFlag('gift-wrap', true) && <p id="wrap">Wrapped as a gift</p>}
      {useFlag('reviews', true) && <p id="reviews">Five stars</p>}
      {notice.text && <p id="notice">{notice.text} until {notice.until}</p>}
      <p id="points">{useFlag('points', 'No points yet')}</p>
      <button id="buy" onClick={() => track('order')}>Buy</button>
    </main>
  )
}
