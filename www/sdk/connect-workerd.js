// `import { connect } from 'pointsman/connect'` in workerd, where nothing outlives the request that it belongs to.

import { followed } from './follow.js'
import { open } from './workerd.js'

export const connect = (options) => followed(open, { live: false, ...options })
