/** What a slider under a chart goes through. */

import { grouped } from "../shared/words";
import type { Assembly } from "./merge";
import type { Chart } from "./message";
import { type Moment, placeOf } from "./moment";
import { floorTo, type Steps } from "./steps";

/** The places of rows, or steps. */
export interface Stops {
  first: number;
  last: number;
  every: number;
  at: number;
  /** What is drawn there. */
  label: (at: number) => string;
  /** Whether the label stands beside the slider; where it does not, something else says it. */
  isLabelled: boolean;
}

/** A table whose rows are drawn one at a time. */
export interface Rows {
  table: string;
  x: number[];
}

/** Those of a chart that draws one row at a time; null for another, and as long as there is none. */
export function rowsOf(chart: Chart, assembly: Assembly): Rows | null {
  const matrix = chart.figure.data.find((trace) => trace.meta?.matrix !== undefined);
  const table = chart.finding ?? matrix?.meta?.table;
  if (table === undefined) return null;
  const { x } = assembly.table(table);
  return x.length === 0 ? null : { table, x };
}

/** Every row is a stop. */
export function rowStops({ table, x }: Rows, moment: Moment | null, assembly: Assembly): Stops {
  const { labels } = assembly.table(table);
  const at = placeOf(moment, table, x);
  return { first: 0, last: x.length - 1, every: 1, at, label: (place) => labels[place] ?? "", isLabelled: true };
}

/** Steps at which there are values; what is drawn stands over the chart, for it may be the mean of several. */
export function stepStops(every: number, lastStep: number, { chosen }: Steps): Stops | null {
  if (lastStep < every) return null;
  const last = floorTo(every, lastStep);
  const at = chosen === null ? last : Math.min(last, floorTo(every, chosen));
  const label = (step: number) => (step >= last ? "The newest step" : `Step ${grouped(step)}`);
  return { first: every, last, every, at, label, isLabelled: false };
}
