import { useState } from 'preact/hooks'
import { Card } from '../parts'

/** Characters that are read at once: thousands of experiments. */
const MOST = 20_000_000

/** Where files are chosen or dropped. Tells their names and texts, or what keeps them from being read. */
export function Files({ onFiles }: { onFiles(files: { name: string; text: string }[]): void }) {
  const [failed, setFailed] = useState('')
  const take = async (list: FileList | null | undefined): Promise<void> => {
    const chosen = [...list ?? []].filter(({ name }) => /\.(csv|tsv|txt|md|markdown)$/i.test(name))
    const size = chosen.reduce((sum, { size }) => sum + size, 0)
    if (!chosen.length) return setFailed('There is no table (CSV) and no Markdown among these files. Choose others.')
    if (size > MOST) return setFailed('That is more than can be read at once. Bring it in several files.')
    try {
      const read = await Promise.all(chosen.map(async (file) => ({
        name: file.webkitRelativePath || file.name, text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()),
      })))
      setFailed('')
      onFiles(read.sort((one, other) => (one.name < other.name ? -1 : 1)))
    } catch {
      setFailed('One of these files is not UTF-8. Save it as UTF-8, and choose it again.')
    }
  }
  const choose = async (input: HTMLInputElement): Promise<void> => {
    await take(input.files)
    // A browser tells of no choice of what is chosen already, and this may be a file that somebody has mended.
    input.value = ''
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    void take(event.dataTransfer?.files)
  }
  return (
    <Card title="1. The files">
      <div class="bring-drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <p class="muted">
          A table (CSV) with a line for each experiment, or Markdown with front matter, a file for each, as <code>pointsman export</code> writes
          them. They may be dropped here. Nothing is sent yet.
        </p>
        <div class="row">
          <div class="field">
            <label for="bring-files">Files</label>
            <input id="bring-files" type="file" multiple accept=".csv,.tsv,.txt,.md,.markdown" onChange={(event) => void choose(event.currentTarget)} />
          </div>
          <div class="field">
            <label for="bring-folder">Or a folder</label>
            <input
              id="bring-folder" type="file" multiple ref={(input) => input?.setAttribute('webkitdirectory', '')}
              onChange={(event) => void choose(event.currentTarget)}
            />
          </div>
        </div>
      </div>
      {failed && <p class="field-problem" role="alert">{failed}</p>}
    </Card>
  )
}
