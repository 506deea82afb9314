// The quality check of a plan for words on a page, as somebody makes it without a browser: they open the signed preview of each
// variant, and say that it is as it should be.

/**
 * Looks at both variants of an experiment, which has a plan.
 *
 * @param api a client of the API, as the person who looks
 * @param project the path of the project's API
 */
export async function look(api, project, key) {
  const path = `${project}/experiments/${key}`
  const { plan: { change: { page, edits } }, control, treatment } = await api.get(path)
  const frames = await api.post(`${project}/environments/production/frames`, { path: page, edits: edits.map(({ select, text }) => ({ select, text })) })
  for (const [variant, preview] of [[control, frames.now], [treatment, frames.new]]) {
    const { status } = await fetch(preview)
    if (status !== 200) throw new Error(`The preview of “${variant}” answers ${status}.`)
    const { revision } = await api.get(path)
    await api.post(`${path}/quality`, { variant, preview }, revision)
  }
}
