import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useObservable } from '../observable'
import { toast } from '../parts'
import { paletteOpen } from './open'

/** The palette's place; its code comes with the first opening. */
export function PaletteHost() {
  const open = useObservable(paletteOpen)
  const [loaded, setLoaded] = useState<{ Palette: FunctionComponent }>()
  useEffect(() => {
    if (!open || loaded) return
    import('./palette').then(setLoaded, () => {
      paletteOpen.set(false)
      toast({ tone: 'look', text: 'The search could not be loaded. Load the page again.' })
    })
  }, [open])
  return open && loaded ? <loaded.Palette /> : null
}
