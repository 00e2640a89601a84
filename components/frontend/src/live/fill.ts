/** Gives the traces of a chart their data; the same rules as builder/charts/assembly.py. */

import { fullColour, logTicks, zeroFloor } from "./axis";
import { laid } from "./along";
import { matrixOf } from "./matrix";
import type { Assembly } from "./merge";
import type { Cell, Chart, Content, Fill, Scale, Trace } from "./message";
import { type Moment, placeOf } from "./moment";
import { type Over, USUAL } from "./over";
import { smoothLine } from "./smoothing";

/** About so many have room beside a small map. */
const MAX_COLOUR_TICKS = 5;

export const AT_FLOOR = " (exactly 0, drawn at the floor)";

export interface Filled {
  traces: Trace[];
  /** Where zeros are drawn, if there are any and the axis is logarithmic. */
  floor: number | null;
  isEmpty: boolean;
}

/** What is shown in the place of the newest: a row of a table, the fills of another step or of a finding; and how charts over time are drawn. */
export interface Earlier {
  moment?: Moment | null;
  fills?: Record<string, Fill> | null | undefined;
  over?: Over;
}

export function fillChart(chart: Chart, scale: Scale | null, assembly: Assembly, earlier: Earlier = {}): Filled {
  const fills = earlier.fills ?? (chart.finding === null ? assembly.message?.fills : null) ?? {};
  const { moment = null, over = USUAL } = earlier;
  const isOverTime = chart.x === "step";
  const fill = (declared: Trace) => {
    const trace = fillTrace(declared, assembly, moment, fills, over.smoothing);
    return isOverTime ? laid(trace, over.along, declared.meta?.table.split("/")[0] ?? "", assembly) : trace;
  };
  // An empty trace costs as much drawing as a full one.
  const traces = chart.figure.data.map(fill).filter(hasData);
  const isEmpty = traces.length === 0;
  const floor = scale === "log" ? zeroFloor(heightsOf(traces)) : null;
  let hasZero = false;
  for (const trace of traces) hasZero = liftZeros(trace, floor) || hasZero;
  return { traces, floor: hasZero ? floor : null, isEmpty };
}

/** What a finding fills traces with, of tiles with those of the chosen one. */
export function fillsOf(content: Content | null, chosen: number): Record<string, Fill> {
  return { ...content?.fills, ...content?.variants?.[chosen] };
}

/** All heights of lines, markers and bars. */
export function heightsOf(traces: readonly Trace[]): Cell[] {
  const heights: Cell[] = [];
  for (const trace of traces) {
    if (trace.type === "heatmap") continue;
    for (const height of trace.y ?? []) if (typeof height !== "string") heights.push(height);
  }
  return heights;
}

function hasData(trace: Trace): boolean {
  // Of a map `y` are the blocks, which are known before there is anything of them.
  const hasCells = (trace.z ?? []).some((row) => row.length > 0);
  return hasCells || (trace.type !== "heatmap" && (trace.y ?? []).some((height) => height !== null));
}

function fillTrace(
  declared: Trace,
  assembly: Assembly,
  moment: Moment | null,
  fills: Record<string, Fill>,
  smoothing: number,
): Trace {
  const { meta, ...trace } = declared;
  if (meta === undefined) {
    for (const [key, value] of Object.entries(fills[declared.uid] ?? {})) {
      trace[key] = isPlain(value) && isPlain(trace[key]) ? { ...trace[key], ...value } : value;
    }
    return trace as Trace;
  }
  const table = assembly.table(meta.table);
  if (meta.matrix !== undefined) {
    return { ...trace, ...matrixOf(trace, table, meta.matrix, placeOf(moment, meta.table, table.x)) };
  }
  if (meta.columns !== undefined) {
    const rows = meta.columns.map((name) => table.columns[name] ?? []);
    trace.x = table.x;
    if (meta.scale === "linear") return { zmax: fullColour(rows), ...trace, z: rows } as Trace;
    const floor = zeroFloor(rows.flat());
    trace.z = rows.map((row) => row.map((value) => (value === null ? null : Math.log10(value > 0 ? value : floor))));
    trace["colorbar"] = { ...(trace["colorbar"] as object | undefined), ...colourTicks(trace.z) };
    return trace as Trace;
  }
  const values = table.columns[meta.column ?? ""] ?? [];
  const width = Math.max(1, Math.floor(values.length / Math.max(1, table.x.length)));
  trace.y = meta.half_life === undefined ? values : smoothLine(table.x, values, smoothing * meta.half_life);
  trace.x = values.length === 0 ? [] : width === 1 ? table.x : table.x.flatMap((x) => Array<number>(width).fill(x));
  return trace as Trace;
}

/** Ticks of a colour bar over powers of ten, few enough to stand beside each other. */
function colourTicks(powers: Cell[][]): { tickvals?: number[]; ticktext?: string[] } {
  let low = Infinity;
  let high = -Infinity;
  for (const row of powers) {
    for (const power of row) {
      if (power === null) continue;
      if (power < low) low = power;
      if (power > high) high = power;
    }
  }
  if (low > high) return {};
  const { tickvals, ticktext } = logTicks(10 ** (low - 0.01), 10 ** (high + 0.01), null, MAX_COLOUR_TICKS);
  return { tickvals: tickvals.map((value) => Math.log10(value)), ticktext };
}

/** Draws true zeros at the floor of a logarithmic axis, with a word on hover; whether there were any. */
function liftZeros(trace: Trace, floor: number | null): boolean {
  if (trace.type === "heatmap") return false;
  const hasZero = floor !== null && (trace.y ?? []).some((height) => height === 0);
  // Plotly writes a dash for a variable that has no value.
  const word = hasZero ? "%{text}" : "";
  if (trace.hovertemplate !== undefined) trace.hovertemplate = trace.hovertemplate.replace("%{text}", word);
  if (!hasZero) return false;
  // A bar would write its text onto itself.
  if (trace.hovertemplate !== undefined) trace.text = trace.y!.map((height) => (height === 0 ? AT_FLOOR : ""));
  trace.y = trace.y!.map((height) => (height === 0 ? floor : height));
  return true;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
