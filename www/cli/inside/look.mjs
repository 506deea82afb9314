// The preview of a variant as a plan has it: a signed address that shows nobody else anything.

const HERE = 'environments/production'

/** The address of a variant's preview; nothing where the plan has no such variant. `send` posts to the project's API. */
export async function previewOf(send, { plan, control, treatment }, variant) {
  const post = (path, body) => send(`${HERE}/${path}`, body)
  const change = plan?.change
  if (!change) return undefined
  if (change.kind === 'flag') return (await post('preview', { variants: { [change.flag]: variant } })).links[0]
  const edits = change.kind === 'pages' ? [{ change: { rewrite: change.other } }] : change.edits.map(({ select, text }) => ({ select, text }))
  const frames = await post('frames', { path: change.page, edits })
  return { [control]: frames.now, [treatment]: frames.new }[variant]
}
