// A shop without a framework, bundled by Rollup.
import { flags } from './flags.js'

const element = (id) => document.getElementById(id)

function show() {
  const notice = flags.get('notice')
  element('hero').textContent = flags.get('hero', 'Coffee')
  element('shipping').hidden = !flags.get('free-shipping', false)
  element('wrap').hidden = !flags.get('gift-wrap', true)
  element('reviews').hidden = !flags.get('reviews', true)
  element('notice').textContent = notice ? `${notice.text} until ${notice.until}` : ''
  element('points').textContent = flags.get('points', 'No points yet')
}

show()
flags.subscribe(show)
flags.seen('hero')
element('buy').onclick = () => flags.track('order')
