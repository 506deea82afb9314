import type { ComponentChildren } from 'preact'

export interface Column<Row> {
  title: string
  cell(row: Row): ComponentChildren
  /** Numbers stand at the right, digit under digit. */
  numeric?: boolean
}

/** On a phone each row becomes a small card, in which the column's title stands before its value. */
export function Table<Row>(
  { label, columns, rows, rowKey }:
  { label: string; columns: Column<Row>[]; rows: Row[]; rowKey(row: Row): string | number },
) {
  return (
    <table class="table">
      <caption class="unseen">{label}</caption>
      <thead>
        <tr>
          {columns.map(({ title, numeric }) => (
            <th key={title} scope="col" class={numeric ? 'number' : undefined}>{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(({ title, numeric, cell }) => (
              <td key={title} data-title={title} class={numeric ? 'number' : undefined}><div>{cell(row)}</div></td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
