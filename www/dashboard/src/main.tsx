import { render } from 'preact'
import { App } from './app'
import { applyTheme } from './theme'
import { loadTheRest } from './parts'
import { takeTokenFromAddress } from './session'
import './design/index.css'

takeTokenFromAddress()
applyTheme()
const place = document.getElementById('app')
if (place) {
  place.textContent = ''
  render(<App />, place)
  loadTheRest()
}
