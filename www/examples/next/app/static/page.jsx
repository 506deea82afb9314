'use client'
// A page that is built once and for everybody: it shows fallbacks until the browser has decided.
import { useEffect, useState } from 'react'
import { open } from 'pointsman'
import { connect } from 'pointsman/connect'
import { FlagsProvider } from 'pointsman/react'
import { Shop } from '../shop.jsx'

export default function Page() {
  const [flags, setFlags] = useState(() => open(null))
  useEffect(() => {
    const unit = (localStorage.unit ??= crypto.randomUUID())
    const connected = connect({ url: 'https://www.example.com', key: 'v1.client.k1.your-key', context: { unit } })
    setFlags(connected)
    return connected.close
  }, [])
  return <FlagsProvider flags={flags}><Shop /></FlagsProvider>
}
