// Effects and rates as figures: as short as they can be without rounding an effect onto zero.

import { percent } from '../words'

/** 0.12 -> "+12 %", -0.043 -> "−4.3 %", 0.0004 -> "+0.04 %": whole above ten, one decimal below, two below one. */
export function signed(share: number): string {
  const size = Math.abs(share * 100)
  // A hard space: a range whose unit has slipped to the next line reads like two numbers.
  const text = percent(Math.abs(share), size >= 10 ? 0 : size >= 1 ? 1 : 2).replace(' ', '\u00a0')
  return share > 0 ? `+${text}` : share < 0 ? `−${text}` : text
}

/** A rate beside another rate: always one decimal, so that 30.2 % and 30.4 % can be told apart. */
export const rate = (share: number): string => `${(share * 100).toFixed(1)}\u00a0%`
