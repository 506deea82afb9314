// `import { connect } from 'pointsman/connect'` in workerd.

import { followed } from './follow.js'
import { open } from './workerd.js'

export const connect = (options) => followed(open, options)
