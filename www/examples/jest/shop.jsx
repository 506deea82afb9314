import { useExperiment, useFlag } from 'pointsman/react'

export function Shop() {
  const { track } = useExperiment('hero')
  return (
    <main>
      <h1>{useFlag('hero', 'Coffee')}</h1>
      {useFlag('free-shipping', false) && <p>Shipping is free</p>}
      <button onClick={() => track('order')}>Buy</button>
    </main>
  )
}
