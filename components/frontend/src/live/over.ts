/** How all charts over time are drawn: along what, on which axis, and how smooth. Pure. */

import type { Along } from "./along";
import type { Range } from "./axis";
import type { Chart, Trace } from "./message";

export interface Over {
  along: Along;
  /** Whether equal ratios, and not equal distances, are equally wide. */
  isLog: boolean;
  /** Half-lives of smooth lines are each run's own, times this; 0 smooths nothing. */
  smoothing: number;
}

export const USUAL: Over = { along: "steps", isLog: false, smoothing: 1 };

/** In steps, of the first run's smooth lines; null if a chart has none. */
export function halfLifeOf(chart: Chart): number | null {
  return chart.figure.data.find((trace) => trace.meta?.half_life !== undefined)?.meta?.half_life ?? null;
}

/** Of a horizontal axis that shows everything, in the axis' own units: exponents if it is logarithmic. */
export function spanOf(traces: readonly Trace[], end: number, isLog: boolean): Range {
  if (!isLog) return [0, end];
  let least = Infinity;
  for (const trace of traces) for (const x of trace.x ?? []) if (typeof x === "number" && x > 0 && x < least) least = x;
  const first = Math.log10(Math.min(least, end / 10));
  return [first, Math.log10(end)];
}

/** A place on a horizontal axis in the axis' own units; not finite if it has none. */
export function unitsOf(x: number, isLog: boolean): number {
  return isLog ? (x > 0 ? Math.log10(x) : -Infinity) : x;
}
