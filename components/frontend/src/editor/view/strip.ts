/** A repeat's copies as a row of marks: as high as the copy's gradient, pale where it is dropped. */

import { setAttribute, svg } from "../../shared/dom";
import type { CopyNow } from "../model/live";

const WIDTH = 5;
const PITCH = 7;
const HEIGHT = 13;
const LEAST = 1.5;

/** Three paths however many copies: an element for each of hundreds would cost at every step. */
export class Strip {
  private readonly alive = svg("path", { class: "alive" });
  private readonly dropped = svg("path", { class: "dropped" });
  private readonly lit = svg("path", { class: "lit" });
  readonly element = svg(
    "svg",
    { class: "strip", "aria-hidden": "true", preserveAspectRatio: "none" },
    this.dropped,
    this.alive,
    this.lit,
  );
  private times = 0;

  /** Without a run all stand at full height. */
  draw(times: number, now: readonly CopyNow[] | null, lit: number | null): void {
    if (times !== this.times) {
      this.times = times;
      setAttribute(this.element, "viewBox", `0 0 ${times * PITCH} ${HEIGHT}`);
      this.element.style.width = `${times * PITCH}px`;
    }
    let alive = "";
    let dropped = "";
    for (let copy = 0; copy < times; copy++) {
      const { level = 1, isDropped = false } = now?.[copy] ?? {};
      if (isDropped) dropped += mark(copy, HEIGHT);
      else alive += mark(copy, Math.max(LEAST, HEIGHT * (level ?? 0)));
    }
    setAttribute(this.alive, "d", alive);
    setAttribute(this.dropped, "d", dropped);
    setAttribute(this.lit, "d", lit === null ? "" : mark(lit, HEIGHT));
  }

  /** Which copy is under the pointer. */
  copyUnder(event: PointerEvent): number {
    const box = this.element.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    return Math.min(this.times - 1, Math.max(0, Math.floor(share * this.times)));
  }
}

function mark(copy: number, height: number): string {
  return `M${copy * PITCH} ${HEIGHT}v${(-height).toFixed(1)}h${WIDTH}V${HEIGHT}z`;
}
