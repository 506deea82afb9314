// The demo's project as a script works in it: where its API has things, and one step of an experiment.

export const PROJECT = '/api/v1/projects/demo'
export const PRODUCTION = `${PROJECT}/environments/production`

/** Where an experiment is. */
export const at = (key) => `${PROJECT}/experiments/${key}`

/** Takes a step of an experiment upon what it is now. Gives the experiment. */
export async function act(api, key, verb, body = {}) {
  const { revision } = await api.get(at(key))
  return api.post(`${at(key)}/${verb}`, body, revision)
}

/** Writes down what an experiment taught. */
export async function debrief(api, key, answers) {
  const { revision } = await api.get(`${at(key)}/debrief`)
  return api.put(`${at(key)}/debrief`, { answers }, revision)
}
