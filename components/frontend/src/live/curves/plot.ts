/** Where a plot lies in its drawing, and which pixel a number has on its axes. Pure. */

import type { Range } from "../axis";
import { unitsOf } from "../over";

export interface Axis {
  /** In the axis' own units: exponents if it is logarithmic. */
  range: Range;
  isLog: boolean;
  /** Pixels of the drawing at which the range begins and ends. */
  pixels: Range;
}

export interface Plot {
  left: number;
  top: number;
  width: number;
  height: number;
  x: Axis;
  y: Axis;
}

/** A plot between margins; ranges in the axes' own units. */
export function plotOf(
  size: { width: number; height: number },
  margin: { l: number; r: number; t: number; b: number },
  x: Pick<Axis, "range" | "isLog">,
  y: Pick<Axis, "range" | "isLog">,
): Plot {
  const width = Math.max(1, size.width - margin.l - margin.r);
  const height = Math.max(1, size.height - margin.t - margin.b);
  const { l: left, t: top } = margin;
  return {
    left,
    top,
    width,
    height,
    x: { ...x, pixels: [left, left + width] },
    y: { ...y, pixels: [top + height, top] },
  };
}

/** Not finite for a number that has no place on the axis. */
export function pixelOf(axis: Axis, value: number): number {
  return pixelAt(axis, unitsOf(value, axis.isLog));
}

/** The pixel of a place in the axis' own units. */
export function pixelAt({ range, pixels }: Axis, units: number): number {
  return pixels[0] + ((units - range[0]) / (range[1] - range[0])) * (pixels[1] - pixels[0]);
}

/** In the axis' own units. */
export function unitsAt({ range, pixels }: Axis, pixel: number): number {
  return range[0] + ((pixel - pixels[0]) / (pixels[1] - pixels[0])) * (range[1] - range[0]);
}

/** Whether a pixel is on the plot, or so far beside it. */
export function isInside({ left, top, width, height }: Plot, x: number, y: number, beside = 0): boolean {
  return x >= left - beside && x <= left + width + beside && y >= top - beside && y <= top + height + beside;
}
