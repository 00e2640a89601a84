/** Where blocks lie in a chart over depth: bands over those that are pointed at, and the depth under the pointer. */

import { h, place, setAttribute, setStyle } from "../shared/dom";
import type { PlotlyAxis, PlotlyElement } from "./plotly";

/** Along which axis depth runs. */
export type DepthAxis = "x" | "y";

/** From so many on, edges would be all that is seen. */
const MANY = 6;

export class Bands {
  readonly element = h("div", { class: "lv-bands", "aria-hidden": "true" });
  private drawn = "";

  /** Elements of their own, so that a drawing of the chart is not needed. */
  draw(plot: PlotlyElement | null, axis: DepthAxis | null, stretches: readonly [number, number][]): void {
    const { xaxis, yaxis } = plot?._fullLayout ?? {};
    const bands = axis === null || xaxis === undefined || yaxis === undefined ? [] : stretches;
    const boxes = bands
      .map(([from, to]) => inSight(axis === "x" ? xaxis! : yaxis!, from, to))
      .filter((seen) => seen !== null)
      .map(([start, end]) =>
        axis === "x"
          ? [xaxis!._offset + start, yaxis!._offset, end - start, yaxis!._length]
          : [xaxis!._offset, yaxis!._offset + start, xaxis!._length, end - start],
      )
      .map((box) => box.map((pixels) => `${pixels.toFixed(1)}px`));
    const text = JSON.stringify(boxes);
    if (text === this.drawn) return;
    this.drawn = text;
    setAttribute(this.element, "data-many", boxes.length > MANY);
    place(
      this.element,
      boxes.map(([left, top, width, height]) => {
        const band = h("i");
        for (const [name, value] of Object.entries({ left, top, width, height })) setStyle(band, name, value!);
        return band;
      }),
    );
  }
}

/** Pixels along the axis from half a block before the first to half a block after the last; null unless half a block is seen. */
function inSight(axis: PlotlyAxis, from: number, to: number): [number, number] | null {
  const ends = [axis.d2p(from - 0.5), axis.d2p(to + 0.5)].map((pixel) => Math.min(Math.max(pixel, 0), axis._length));
  const [start, end] = [Math.min(...ends), Math.max(...ends)];
  return end - start < Math.abs(axis.d2p(0.5) - axis.d2p(0)) ? null : [start, end];
}

/** The depth under the pointer; null beside the plot. */
export function depthUnder(plot: PlotlyElement | null, axis: DepthAxis, event: PointerEvent): number | null {
  const { xaxis, yaxis } = plot?._fullLayout ?? {};
  if (plot === null || xaxis === undefined || yaxis === undefined) return null;
  const box = plot.getBoundingClientRect();
  const x = event.clientX - box.left - xaxis._offset;
  const y = event.clientY - box.top - yaxis._offset;
  if (x < 0 || x > xaxis._length || y < 0 || y > yaxis._length) return null;
  return Math.round(axis === "x" ? xaxis.p2d(x) : yaxis.p2d(y));
}
