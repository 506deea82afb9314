// Addresses as patterns are compared with: as the URL standard writes them, and what needs no escape without one. So an
// address cannot be spelt to get around a test, and every engine asks for the same bytes. Patterns are held to the same
// form when they are compiled (src/compile/check/pages.rs).

const UNRESERVED = /^[\w.~-]$/

/** A path from which the escapes of letters, digits and `-._~` are gone (RFC 3986, section 2.3); all others stay. */
export const plain = (path) =>
  path.replace(/%[\da-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return UNRESERVED.test(character) ? character : escape
  })

/** A host as sites are named: one with the root's dot behind it is the same host. `url` is a `URL`. */
export const hostOf = ({ host }) => host.replace(/\.(?=:|$)/, '')
