import { Component } from 'preact'
import type { ComponentChildren } from 'preact'
import { Button } from './button'
import { Icon } from './icon'

interface Props {
  /** Where one is: a new place is a new try. */
  at: string
  children: ComponentChildren
}

interface State {
  at: string
  error: Error | null
}

/** A screen that fails takes nothing else with it: the ways to the other screens stay. */
export class Boundary extends Component<Props, State> {
  state: State = { at: this.props.at, error: null }

  static getDerivedStateFromProps({ at }: Props, state: State): Partial<State> | null {
    return at === state.at ? null : { at, error: null }
  }

  componentDidCatch(error: unknown): void {
    console.error(error)
    this.setState({ error: error instanceof Error ? error : new Error(String(error)) })
  }

  render() {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <div class="screen">
        <h1>This screen failed</h1>
        <div class="problem" role="alert">
          <span class="problem-icon"><Icon name="look" /></span>
          <div class="problem-words">
            <p>Your data are safe; only their picture is broken. Reload, or go on elsewhere.</p>
            <p><code>{error.message || error.name}</code></p>
            <Button small onClick={() => location.reload()}>Reload</Button>
          </div>
        </div>
      </div>
    )
  }
}
