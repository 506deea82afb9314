// What kind of machine sends something: the ledger says why it was left out.

import { MACHINE } from './visitor.mjs'

const KINDS = ['crawler', 'preview', 'monitor', 'headless', 'script', 'nameless']

/** What kind of machine a user agent calls itself, by the first word that says so; nothing if it is a person's. */
export const machineOf = (userAgent) => KINDS[MACHINE.exec(userAgent ?? '')?.slice(1).findIndex((word) => word !== undefined)]
