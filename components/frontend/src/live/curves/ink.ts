/** Draws traces onto a canvas: lines with gaps and dashes, and markers. */

import { DASHES } from "../../shared/lines";
import { symbolPath } from "../../shared/symbols";
import type { Trace } from "../message";
import { firstAtLeast } from "../search";
import { isInside, pixelOf, type Plot } from "./plot";
import { polylines } from "./polyline";

interface Line {
  color?: string;
  width?: number;
  dash?: string;
}

interface Marker {
  color?: string;
  size?: number;
  symbol?: string;
  /** Of more points than these, only every so many has one. */
  maxdisplayed?: number;
}

/** A marker whose middle is this near to the plot is drawn whole. */
const EDGE_PX = 0.5;

/** Draws all traces, the first one undermost. */
export function ink(context: CanvasRenderingContext2D, traces: readonly Trace[], plot: Plot): void {
  for (const trace of traces) {
    context.globalAlpha = (trace["opacity"] as number | undefined) ?? 1;
    const { from, to } = inSight(trace, plot);
    const mode = String(trace["mode"] ?? "lines");
    if (mode.includes("lines")) strokeLine(context, trace, plot, from, to);
    if (mode.includes("markers")) fillMarkers(context, trace, plot, from, to);
  }
  context.globalAlpha = 1;
}

/** Which points there are on the plot, and one beside it at both ends; steps ascend. */
function inSight(trace: Trace, { x: axis }: Plot): { from: number; to: number } {
  const steps = (trace.x ?? []) as number[];
  const [first, last] = axis.isLog ? axis.range.map((power) => 10 ** power) : axis.range;
  const from = Math.max(0, firstAtLeast(steps, first!) - 1);
  const to = Math.min(steps.length, firstAtLeast(steps, last!) + 2);
  return { from, to };
}

function strokeLine(context: CanvasRenderingContext2D, trace: Trace, plot: Plot, from: number, to: number): void {
  const { color = "#888", width = 2, dash = "solid" } = (trace["line"] ?? {}) as Line;
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top, plot.width, plot.height);
  context.clip();
  context.beginPath();
  for (const piece of polylines(trace, plot, from, to)) {
    const [x, y] = piece as [number, number];
    // Between two gaps a single point would have no line at all.
    const isAlone = piece.length === 2;
    context.moveTo(isAlone ? x - width / 2 : x, y);
    if (isAlone) context.lineTo(x + width / 2, y);
    for (let place = 2; place < piece.length; place += 2) context.lineTo(piece[place]!, piece[place + 1]!);
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash((DASHES[dash] ?? "").split(" ").filter(Boolean).map(Number));
  context.stroke();
  context.restore();
}

function fillMarkers(context: CanvasRenderingContext2D, trace: Trace, plot: Plot, from: number, to: number): void {
  const { color = "#888", size = 6, symbol = "circle", maxdisplayed = 0 } = (trace["marker"] ?? {}) as Marker;
  const path = new Path2D(symbolPath(symbol));
  const all = new Path2D();
  const every = maxdisplayed > 0 ? Math.max(1, Math.ceil((trace.x?.length ?? 0) / maxdisplayed)) : 1;
  for (let place = Math.ceil(from / every) * every; place < to; place += every) {
    const value = trace.y?.[place];
    if (typeof value !== "number") continue;
    const x = pixelOf(plot.x, trace.x![place] as number);
    const y = pixelOf(plot.y, value);
    if (!isInside(plot, x, y, EDGE_PX)) continue;
    all.addPath(path, { a: size / 2, d: size / 2, e: x, f: y });
  }
  context.fillStyle = color;
  context.fill(all);
}
