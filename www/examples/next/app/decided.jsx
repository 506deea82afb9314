'use client'
// The server renders from its decisions, the browser from the edge's: they say the same, and the edge's bring the proofs
// with which exposures count.
import { useState } from 'react'
import { inlined, open } from 'pointsman'
import { FlagsProvider } from 'pointsman/react'
import { Shop } from './shop.jsx'

export function Decided({ decisions }) {
  const [flags] = useState(() => open(inlined() ?? decisions))
  return <FlagsProvider flags={flags}><Shop /></FlagsProvider>
}
