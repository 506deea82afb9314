// `import { connect } from 'pointsman/connect'`, for browsers and servers.

import { followed } from './follow.js'
import { open } from './index.js'

export const connect = (options) => followed(open, options)
