import { headers } from 'next/headers'
import { Decided } from './decided.jsx'
import { visit } from './pointsman.js'

export default async function Page() {
  const { decisions } = await visit(await headers())
  return <Decided decisions={decisions} />
}
