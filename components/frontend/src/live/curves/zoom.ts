/** A box that is dragged over a plot: what it holds is what will be seen. */

import { h } from "../../shared/dom";
import type { Range } from "../axis";
import { type Axis, type Plot, unitsAt } from "./plot";

export interface Zoomed {
  /** In the axis' own units; null leaves the axis as it is. */
  x: Range | null;
  y: Range | null;
}

type Point = { x: number; y: number };

/** A drag that is narrower than this in one direction is meant for the other alone. */
const THIN_PX = 12;
/** A drag that is shorter is a click. */
const SHORT_PX = 8;

export class ZoomBox {
  readonly element = h("div", { class: "lv-zoom", hidden: true });
  private begun: Point | null = null;

  get isDragged(): boolean {
    return this.begun !== null && !this.element.hidden;
  }

  begin(at: Point): void {
    this.begun = at;
  }

  move(at: Point, plot: Plot): void {
    if (this.begun === null) return;
    const box = boxOf(this.begun, at, plot);
    this.element.hidden = box === null;
    if (box === null) return;
    const [left, right] = box.x ?? plot.x.pixels;
    const [bottom, top] = box.y ?? plot.y.pixels;
    const sides = { left, top, width: right - left, height: bottom - top };
    for (const [side, pixels] of Object.entries(sides)) this.element.style.setProperty(side, `${pixels}px`);
  }

  /** What is to be seen from now on; null after a click. */
  end(at: Point, plot: Plot): Zoomed | null {
    const box = this.begun === null ? null : boxOf(this.begun, at, plot);
    this.cancel();
    if (box === null) return null;
    const read = (axis: Axis, pixels: Range | null): Range | null =>
      pixels && [unitsAt(axis, pixels[0]), unitsAt(axis, pixels[1])];
    return { x: read(plot.x, box.x), y: read(plot.y, box.y) };
  }

  cancel(): void {
    this.begun = null;
    this.element.hidden = true;
  }
}

/** Pixels from the lower to the higher value along each axis that is meant; null if none is. */
export function boxOf(from: Point, to: Point, plot: Plot): { x: Range | null; y: Range | null } | null {
  const [left, right] = within(from.x, to.x, plot.left, plot.left + plot.width);
  const [top, bottom] = within(from.y, to.y, plot.top, plot.top + plot.height);
  const [width, height] = [right - left, bottom - top];
  if (Math.max(width, height) < SHORT_PX) return null;
  return {
    x: width < THIN_PX && height > width ? null : [left, right],
    y: height < THIN_PX && width >= height ? null : [bottom, top],
  };
}

function within(one: number, other: number, least: number, greatest: number): Range {
  const ends = [one, other].map((pixel) => Math.min(Math.max(pixel, least), greatest));
  return [Math.min(...ends), Math.max(...ends)];
}
