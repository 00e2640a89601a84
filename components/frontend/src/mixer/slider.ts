/** A vertical slider over decades, by mouse, touch and keys. */

import { h, setAttribute, setStyle } from "../shared/dom";
import { DECADES, HIGHEST, LOWEST, nudged, position, rateAt, rateText } from "./rate";
import type { Meter } from "./types";

const FACTORS: Record<string, number> = {
  ArrowUp: 1.1,
  ArrowRight: 1.1,
  ArrowDown: 1 / 1.1,
  ArrowLeft: 1 / 1.1,
  PageUp: 2,
  PageDown: 0.5,
};

const TITLE = "Base learning rate: drag, or arrow keys ×1.1 and Page keys ×2. The schedule multiplies it.";

export class Slider {
  readonly element: HTMLElement;
  private readonly thumb = h("div", { class: "mx-thumb" });
  private readonly mark = h("div", { class: "mx-mark", title: "Rate at the newest step, after the schedule" });
  private readonly track = h("div", { class: "mx-track" });
  private rate = 0;
  private isLocked = false;
  /** Where the thumb was gripped, in heights above its middle; null while nothing is dragged. */
  private grip: number | null = null;
  private pointer = -1;
  private readonly onMove = (event: PointerEvent) => event.pointerId === this.pointer && this.drag(event);
  private readonly onRelease = (event: PointerEvent) => event.pointerId === this.pointer && this.release();

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
        onpointerdown: (event: PointerEvent) => this.press(event),
        onkeydown: (event: KeyboardEvent) => this.key(event),
      },
      this.track,
      ...ticks,
    );
  }

  get isDragged(): boolean {
    return this.grip !== null;
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

  private press(event: PointerEvent): void {
    if (this.isLocked || this.isDragged || event.button !== 0) return;
    // Keeps the focus ring and text selection out of it; the focus itself is wanted for the keys.
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.pointer = event.pointerId;
    this.listen(true);
    const isOnThumb = event.composedPath().includes(this.thumb);
    this.grip = isOnThumb ? this.height(event) - position(this.rate) : 0;
    setAttribute(this.element, "data-dragged", true);
    if (!isOnThumb) this.drag(event);
  }

  /** Not by capturing the pointer, which would end when Streamlit mounts the mixer anew. */
  private listen(isDragged: boolean): void {
    const change = isDragged ? window.addEventListener : window.removeEventListener;
    change("pointermove", this.onMove);
    change("pointerup", this.onRelease);
    change("pointercancel", this.onRelease);
  }

  destroy(): void {
    this.listen(false);
  }

  private drag(event: PointerEvent): void {
    if (this.grip === null) return;
    this.change(rateAt(this.height(event) - this.grip));
  }

  private release(): void {
    this.listen(false);
    this.grip = null;
    setAttribute(this.element, "data-dragged", false);
  }

  private height(event: PointerEvent): number {
    const box = this.track.getBoundingClientRect();
    return (box.bottom - event.clientY) / box.height;
  }

  private key(event: KeyboardEvent): void {
    if (this.isLocked || event.altKey || event.ctrlKey || event.metaKey) return;
    const factor = FACTORS[event.key];
    let rate: number | null = null;
    if (factor !== undefined) rate = nudged(this.rate, factor);
    else if (event.key === "Home") rate = LOWEST;
    else if (event.key === "End") rate = HIGHEST;
    if (rate === null) return;
    event.preventDefault();
    this.change(rate);
  }
}
