// A component's tests in Vitest: flags are what the test says.
import { act, cleanup, render, screen } from '@testing-library/react'
import { FlagsProvider } from 'pointsman/react'
import { withFlags } from 'pointsman/testing'
import { afterEach, expect, test } from 'vitest'
import { Shop } from './shop.jsx'

afterEach(cleanup)

test('fresh words are shown, count as met, and lead to orders', () => {
  const flags = withFlags({ hero: 'Roasted this morning', 'free-shipping': false })
  render(<FlagsProvider flags={flags}><Shop /></FlagsProvider>)
  expect(screen.getByRole('heading').textContent).toBe('Roasted this morning')
  expect(screen.queryByText('Shipping is free')).toBe(null)
  screen.getByText('Buy').click()
  expect(flags.exposures).toEqual(['hero', 'free-shipping'])
  expect(flags.tracked).toEqual(['order'])
})

test('a flag that is turned on shows without a reload', () => {
  const flags = withFlags({ 'free-shipping': false })
  render(<FlagsProvider flags={flags}><Shop /></FlagsProvider>)
  act(() => flags.set('free-shipping', true))
  expect(screen.getByText('Shipping is free')).toBeTruthy()
  expect(screen.getByRole('heading').textContent).toBe('Coffee')
})
