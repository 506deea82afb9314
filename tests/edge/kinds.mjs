// A page test of each kind, on a page of its name.

const ALL = 2 ** 32

/** All but one of four billion meet variant `b` of each kind. `kinds` are the changes of `b` by name. */
export const documentOfKinds = (kinds) => {
  const each = (made) => Object.fromEntries(Object.entries(kinds).map(([name, changes]) => [name, made(name, changes)]))
  return {
    format: 1, metrics: { orders: { event: 'order' } },
    flags: each((name) => ({ kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: name }] })),
    experiments: each((name) => ({
      flag: name, metric: 'orders', control: 'a', run: { id: `${name}-1`, salt: `${name}-1`, epoch: 1, rollout: ALL, split: [[1, 'a'], [ALL, 'b']] },
    })),
    pages: each((name, b) => ({ path: `/${name}`, flag: name, variants: { b } })),
  }
}
