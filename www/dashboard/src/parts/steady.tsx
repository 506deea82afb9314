import type { Component, FunctionComponent } from 'preact'

/** A part that is drawn again only when one of its properties is another one: the rows of a list that may be long. */
export function steady<Props extends object>(Part: FunctionComponent<Props>): FunctionComponent<Props> {
  return function Steady(this: Component<Props>, props: Props) {
    this.shouldComponentUpdate = (next) => differs(this.props, next)
    return <Part {...props} />
  } as FunctionComponent<Props>
}

const differs = (one: object, other: object): boolean =>
  Object.keys({ ...one, ...other }).some((name) => one[name as keyof object] !== other[name as keyof object])
