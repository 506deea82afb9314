// `import { connect } from 'pointsman/connect'` in workerd, where nothing goes on when a request has been answered.

import { followed } from './follow.js'
import { open } from './workerd.js'

export const connect = (options) => followed(open, { ...options, live: false }, false)
