// Colours, where somebody sees them: on a terminal, unless NO_COLOR (no-color.org) is set.

const on = (stream) => Boolean(stream.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
const colour = (code, stream) => (text) => (on(stream) ? `\u001b[${code}m${text}\u001b[0m` : text)

export const paint = {
  good: colour(32, process.stdout),
  bad: colour(31, process.stderr),
  wrong: colour(31, process.stdout),
  warn: colour(33, process.stdout),
  faint: colour(2, process.stdout),
  strong: colour(1, process.stdout),
}

/** What somebody else has written, without signs that a terminal obeys, on one line. */
export const plain = (text) => String(text).replace(/\p{Cc}+/gu, ' ')
