import { Button, Card, toast } from '../parts'
import { save } from '../save'

/** The debrief as a file for a repository or a mail. */
export function Markdown({ name, text }: { name: string; text: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast({ text: 'The debrief is copied.' })
  }
  return (
    <Card
      title="To pass on" aside={(
        <>
          <Button small icon="copy" onClick={() => void copy()}>Copy</Button>
          <Button small icon="down" onClick={() => save(`${name}.md`, text, 'text/markdown')}>Download</Button>
        </>
      )}
    >
      <p class="muted">Facts and answers as one Markdown file. It is in the library, too, where everybody finds it.</p>
      <pre class="markdown" tabIndex={0} aria-label="The debrief as Markdown">{text}</pre>
    </Card>
  )
}
