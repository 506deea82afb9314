// A report in the forms that other programs read.

/** Each plain value on a line, with the way to it in parts: what a spreadsheet filters, whatever a report holds. */
export function csv(report: unknown): string {
  const lines = [['place', 'value'], ...leaves(report, '')]
  return `${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
}

function leaves(value: unknown, at: string): string[][] {
  if (typeof value !== 'object' || value === null) return [[at, value === null ? '' : String(value)]]
  return Object.entries(value).flatMap(([name, inside]) => leaves(inside, at ? `${at}/${name}` : name))
}

/** RFC 4180. A spreadsheet takes what begins so for a formula; a quote before it keeps it a text. */
function cell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
