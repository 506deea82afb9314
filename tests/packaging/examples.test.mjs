// The examples whose tools install in seconds. One file runs them all, because they share target/packaging: two at a time would
// take each other's package away.

import './bundlers.mjs'
import './servers.mjs'
import './vitest.mjs'
