/** A square of counts as a trace takes it; the same rule as `_matrix` in builder/charts/assembly.py. */

import type { Held } from "./merge";
import type { Cell, Trace } from "./message";

/** The shares of each of its rows, and the counts, zeros unwritten; nothing where there is no row at `place`. */
export function matrixOf(trace: Trace, held: Held, column: string, place: number): Partial<Trace> {
  const values = held.columns[column] ?? [];
  const size = Math.round(Math.sqrt(values.length / Math.max(1, held.x.length)));
  if (place < 0 || size === 0) return { x: [], y: [], z: [] };
  const counts = Array.from({ length: size }, (_, row) => {
    const start = (place * size + row) * size;
    return values.slice(start, start + size).map((count) => count ?? 0);
  });
  const names = counts.map((_, number) => String(number));
  return {
    x: trace.x ?? names,
    y: trace.y ?? names,
    z: counts.map(shares),
    customdata: counts,
    text: counts.map((row) => row.map((count) => (count === 0 ? "" : String(count)))),
  };
}

function shares(row: number[]): Cell[] {
  const sum = row.reduce((total, count) => total + count, 0);
  return row.map((count) => count / Math.max(1, sum));
}
