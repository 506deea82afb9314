// The quality check of a plan, as somebody makes it without a browser: they open the signed preview of each
// variant, and say that it is as it should be.

import { previewOf } from '../cli/inside/look.mjs'

/**
 * Looks at both variants of an experiment, which has a plan.
 *
 * @param api a client of the API, as the person who looks
 * @param project the path of the project's API
 */
export async function look(api, project, key) {
  const path = `${project}/experiments/${key}`
  const experiment = await api.get(path)
  for (const variant of [experiment.control, experiment.treatment]) {
    const preview = await previewOf((at, body) => api.post(`${project}/${at}`, body), experiment, variant)
    const { status } = await fetch(preview)
    if (status !== 200) throw new Error(`The preview of “${variant}” answers ${status}.`)
    const { revision } = await api.get(path)
    await api.post(`${path}/quality`, { variant, preview }, revision)
  }
}
