/** The line of a curve in pixels, without the points that nobody could see. Pure. */

import type { Trace } from "../message";
import { pixelOf, type Plot } from "./plot";

/** Lines end so many heights of the plot beside it: far enough to look straight, near enough for dashes to be counted. */
const BEYOND = 20;
/** Of points in one column of pixels, those are left out that would move the line by less. */
const FINE_PX = 0.5;

/** The pieces between a curve's gaps, from one place to before another: x and y in turn. */
export function polylines(trace: Trace, plot: Plot, from: number, to: number): number[][] {
  const [top, bottom] = [plot.top - BEYOND * plot.height, plot.top + (1 + BEYOND) * plot.height];
  const pieces: number[][] = [];
  let piece: number[] | null = null;
  let [column, low, high] = [NaN, NaN, NaN];
  let [leftX, leftY] = [NaN, NaN];
  const takeLastOfColumn = (): void => {
    if (piece !== null && !Number.isNaN(leftX)) piece.push(leftX, leftY);
    leftX = NaN;
  };
  for (let place = from; place < to; place++) {
    const value = trace.y?.[place];
    const x = pixelOf(plot.x, trace.x![place] as number);
    const exact = typeof value === "number" ? pixelOf(plot.y, value) : NaN;
    if (!Number.isFinite(x) || !Number.isFinite(exact)) {
      takeLastOfColumn();
      piece = null;
      continue;
    }
    const y = Math.min(Math.max(exact, top), bottom);
    const isSameColumn = piece !== null && Math.floor(x) === column;
    if (isSameColumn && y >= low - FINE_PX && y <= high + FINE_PX) {
      [leftX, leftY] = [x, y];
      continue;
    }
    if (isSameColumn) {
      [low, high, leftX] = [Math.min(low, y), Math.max(high, y), NaN];
    } else {
      takeLastOfColumn();
      [column, low, high] = [Math.floor(x), y, y];
    }
    if (piece === null) pieces.push((piece = []));
    piece.push(x, y);
  }
  takeLastOfColumn();
  return pieces;
}
