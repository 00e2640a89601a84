/** Logarithmic gauges of gradients and updates: the same wherever they stand. Pure. */

/** Powers of ten at both ends. */
export interface Decades {
  from: number;
  to: number;
}

/** Root mean square of a gradient per parameter. */
export const GRADIENT: Decades = { from: -8, to: 0 };
/** Size of an update against the weights; the rule of thumb, 1e-3, lies in the middle. */
export const UPDATE: Decades = { from: -6, to: 0 };

/** Where a value stands, from 0 to 1. */
export function placeOn(value: number, { from, to }: Decades): number {
  if (value <= 0) return 0;
  return Math.min(1, Math.max(0, (Math.log10(value) - from) / (to - from)));
}
