// A table as spreadsheets write it (RFC 4180): cells between commas, semicolons or tabs, and quotes around those that
// have one of them.

/** `{columns, rows: [{cells, lineOf()}], problems: [{line, cause, fix}]}`; `text` has its lines between `\n`. */
export function tableOf(text) {
  const { lines, problems } = cellsOf(text, between(text))
  const failed = (line, cause, fix) => ({ columns: [], rows: [], problems: [{ line, cause, fix }] })
  if (problems.length) return { columns: [], rows: [], problems }
  const [head, ...rest] = lines
  if (!head) return failed(1, 'It is empty.', 'Begin with a line of names, and write a line for each one beneath.')
  const columns = head.cells.map((cell) => cell.trim())
  const twice = columns.find((column, index) => !column || columns.indexOf(column) < index)
  if (twice !== undefined) return failed(head.line, twice ? `Two columns are called “${twice}”.` : 'A column has no name.', 'Give each column a name of its own.')
  if (!rest.length) return failed(head.line, 'It has names of columns, and nothing else.', 'Write a line for each one beneath.')
  for (const { line, cells } of rest) {
    if (cells.length !== columns.length) problems.push({ line, cause: `It has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, and the first line ${columns.length}.`, fix: 'Put a cell that has a comma or a line break into quotes.' })
  }
  const rows = problems.length ? [] : rest.map(({ line, cells }) => ({ cells: Object.fromEntries(columns.map((column, index) => [column, cells[index]])), lineOf: () => line }))
  return { columns, rows, problems }
}

/** The sign between cells: what the first line has most of, outside of quotes. */
function between(text) {
  const first = text.replace(/"[^"]*"/g, '').split('\n', 1)[0]
  const count = (sign) => first.split(sign).length
  return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

/** All cells by line, but for lines without any. */
function cellsOf(text, sign) {
  const [lines, problems] = [[], []]
  let [at, line] = [0, 1]
  while (at < text.length) {
    const row = { line, cells: [] }
    for (;;) {
      const cell = text[at] === '"' ? quoted(text, at) : bare(text, at, sign)
      if (cell.end === undefined) {
        problems.push({ line, cause: 'A quote opens here and never closes.', fix: 'Close it; a quote within a cell is written twice.' })
        return { lines, problems }
      }
      line += cell.value.split('\n').length - 1
      row.cells.push(cell.value)
      at = cell.end
      if (text[at] !== sign) break
      at++
    }
    if (at < text.length && text[at] !== '\n') {
      problems.push({ line, cause: 'Something follows a closing quote.', fix: 'Put the whole cell into quotes; a quote within it is written twice.' })
      at = text.indexOf('\n', at)
      if (at < 0) at = text.length
    }
    at++
    line++
    if (row.cells.some((cell) => cell.trim())) lines.push(row)
  }
  return { lines, problems }
}

function quoted(text, start) {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf('"', at)
    if (at < 0) return {}
    if (text[at + 1] !== '"') return { value: text.slice(start + 1, at).replaceAll('""', '"'), end: at + 1 }
  }
}

function bare(text, start, sign) {
  let end = start
  while (end < text.length && text[end] !== sign && text[end] !== '\n') end++
  return { value: text.slice(start, end), end }
}
