// A shop on OpenFeature, bundled by webpack. A value that is asked for has been met.
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk'
import { PointsmanProvider } from 'pointsman/openfeature-web'
import { flags } from './flags.js'

OpenFeature.setProvider(new PointsmanProvider(flags))
const client = OpenFeature.getClient()
const element = (id) => document.getElementById(id)

function show() {
  const notice = client.getObjectValue('notice', {})
  element('hero').textContent = client.getStringValue('hero', 'Coffee')
  element('shipping').hidden = !client.getBooleanValue('free-shipping', false)
  element('wrap').hidden = !client.getBooleanValue('gift-wrap', true)
  element('reviews').hidden = !client.getBooleanValue('reviews', true)
  element('notice').textContent = notice.text ? `${notice.text} until ${notice.until}` : ''
  element('points').textContent = client.getStringValue('points', 'No points yet')
}

show()
for (const event of [ProviderEvents.Ready, ProviderEvents.ConfigurationChanged]) client.addHandler(event, show)
element('buy').onclick = () => client.track('order')
