/** A vertical slider over decades, by mouse, touch and keys. */

import { h, setAttribute, setStyle } from "../shared/dom";
import { DECADES, HIGHEST, KEY_FACTORS, LOWEST, nudged, position, rateAt, rateText } from "./rate";
import type { Meter } from "./types";
import { VerticalDrag } from "./vertical_drag";

const TITLE = "Base learning rate: drag, or arrow keys ×1.1 and Page keys ×2. The schedule multiplies it.";

export class Slider {
  readonly element: HTMLElement;
  private readonly thumb = h("div", { class: "mx-thumb" });
  private readonly mark = h("div", { class: "mx-mark", title: "Rate at the newest step, after the schedule" });
  private readonly track = h("div", { class: "mx-track" });
  private rate = 0;
  private isLocked = false;
  private readonly drag: VerticalDrag;

  constructor(
    name: string,
    private readonly change: (rate: number) => void,
  ) {
    const ticks = DECADES.map((decade) => {
      const label = decade % 2 === 0 || decade === 1 ? (decade === 1 ? "10" : decade === 0 ? "1" : `1e${decade}`) : "";
      const tick = h("span", { class: "mx-tick" }, label);
      setStyle(tick, "--at", String(position(10 ** decade)));
      return tick;
    });
    this.track.append(h("div", { class: "mx-level" }), this.mark, this.thumb);
    this.element = h(
      "div",
      {
        class: "mx-slider",
        role: "slider",
        tabindex: 0,
        title: TITLE,
        "aria-label": `Learning rate of ${name}`,
        "aria-orientation": "vertical",
        "aria-valuemin": LOWEST,
        "aria-valuemax": HIGHEST,
        onkeydown: (event: KeyboardEvent) => this.key(event),
      },
      this.track,
      ...ticks,
    );
    this.drag = new VerticalDrag(
      { element: this.element, track: this.track, thumb: this.thumb },
      {
        mayBegin: () => !this.isLocked,
        height: () => position(this.rate),
        move: (height) => this.change(rateAt(height)),
      },
    );
  }

  show(rate: number, currentRate: Meter, isLocked: boolean): void {
    this.rate = rate;
    this.isLocked = isLocked;
    setStyle(this.track, "--at", position(rate).toFixed(4));
    setAttribute(this.element, "aria-valuenow", Math.min(HIGHEST, Math.max(LOWEST, rate)));
    setAttribute(this.element, "aria-valuetext", rateText(rate));
    setAttribute(this.element, "aria-disabled", isLocked ? "true" : null);
    setAttribute(this.mark, "hidden", typeof currentRate !== "number");
    if (typeof currentRate === "number") setStyle(this.mark, "--now", position(currentRate).toFixed(4));
  }

  destroy(): void {
    this.drag.destroy();
  }

  private key(event: KeyboardEvent): void {
    if (this.isLocked || event.altKey || event.ctrlKey || event.metaKey) return;
    const factor = KEY_FACTORS[event.key];
    let rate: number | null = null;
    if (factor !== undefined) rate = nudged(this.rate, factor);
    else if (event.key === "Home") rate = LOWEST;
    else if (event.key === "End") rate = HIGHEST;
    if (rate === null) return;
    event.preventDefault();
    this.change(rate);
  }
}
