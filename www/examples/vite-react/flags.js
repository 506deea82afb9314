// Behind the edge the page brings its decisions; elsewhere, as on a developer's machine, it decides by itself.
import { inlined, open } from 'pointsman'
import { connect } from 'pointsman/connect'

const decisions = inlined()

export const flags = decisions ? open(decisions) : connect({
  url: 'https://www.example.com', key: 'v1.client.k1.your-key', context: { unit: (localStorage.unit ??= crypto.randomUUID()) },
})
