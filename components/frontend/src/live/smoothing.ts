/** The smooth line over bins; the same rules as builder/charts/smoothing.py, which has the formula. Pure. */

import type { Cell } from "./message";

/**
 * @param middles of the steps of each bin; bins begin with step 1 and leave nothing out.
 * @param means of each bin.
 * @param halfLife in steps; 0 smooths nothing.
 */
export function smoothLine(middles: readonly number[], means: readonly Cell[], halfLife: number): Cell[] {
  let last = 0;
  let total = 0;
  let weight = 0;
  return middles.map((middle, place) => {
    const numSteps = 2 * (middle - last) - 1;
    last += numSteps;
    const mean = means[place] ?? null;
    if (mean !== null) {
      const keep = halfLife > 0 ? 2 ** (-numSteps / halfLife) : 0;
      total = keep * total + (1 - keep) * mean;
      weight = keep * weight + (1 - keep);
    }
    return weight > 0 ? total / weight : null;
  });
}
