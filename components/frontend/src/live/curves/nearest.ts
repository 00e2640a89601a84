/** Which point of curves is nearest to a place on the plot. Pure. */

import type { Trace } from "../message";
import { firstAtLeast } from "../search";
import { isInside, pixelOf, type Plot, unitsAt } from "./plot";

export interface Found {
  trace: Trace;
  place: number;
  /** Pixels of the drawing. */
  x: number;
  y: number;
}

/** Of points at most `reach` pixels away the nearest, and of equally near ones that of the uppermost trace. */
export function nearestPoint(
  traces: readonly Trace[],
  plot: Plot,
  at: { x: number; y: number },
  reach: number,
): Found | null {
  const bound = (pixel: number): number => {
    const units = unitsAt(plot.x, pixel);
    return plot.x.isLog ? 10 ** units : units;
  };
  const [first, last] = [bound(at.x - reach), bound(at.x + reach)];
  let found: Found | null = null;
  let least = reach;
  for (const trace of traces) {
    const steps = (trace.x ?? []) as number[];
    for (let place = firstAtLeast(steps, first); place < steps.length && steps[place]! <= last; place++) {
      const value = trace.y?.[place];
      if (typeof value !== "number") continue;
      const x = pixelOf(plot.x, steps[place]!);
      const y = pixelOf(plot.y, value);
      const away = Math.hypot(x - at.x, y - at.y);
      if (away > least || !isInside(plot, x, y, 1)) continue;
      least = away;
      found = { trace, place, x, y };
    }
  }
  return found;
}
