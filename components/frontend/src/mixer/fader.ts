/** The global fader: scales all groups' rates by one factor. It rests in the middle, and goes back there. */

import { h, setAttribute, setStyle, setText } from "../shared/dom";
import { KEY_FACTORS } from "./rate";
import { factorAt, factorText, heightOf, type Rate, scaleAll } from "./scaling";
import { VerticalDrag } from "./vertical_drag";

const TITLE =
  "Scales every group's rate by one factor, so that their ratios stay: drag, or arrow keys ×1.1 and Page keys ×2. " +
  "It goes back to ×1 for the next move.";
/** How long a text stands. */
const WORDS_MS = 5000;
/** How long the factor of a press stands before the middle's own. */
const FACTOR_MS = 1500;

export class Fader {
  readonly element: HTMLElement;
  private readonly thumb = h("div", { class: "mx-thumb" });
  private readonly track = h("div", { class: "mx-track" }, this.thumb);
  private readonly slider: HTMLElement;
  private readonly half = this.button("½", "Halve all learning rates", 0.5);
  private readonly double = this.button("×2", "Double all learning rates", 2);
  private readonly factor = h("b", { class: "mx-factor" });
  private readonly message = h("div", { class: "mx-message", role: "status" });
  private readonly side: HTMLElement;
  private readonly drag: VerticalDrag;
  private isLocked = false;
  /** The rates when the move began. */
  private from: Rate[] | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private factorTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly rates: () => Rate[],
    private readonly change: (rates: Rate[]) => void,
  ) {
    const ticks = [0.1, 0.5, 1, 2, 10].map((factor) => {
      const tick = h("span", { class: "mx-tick" }, factor === 0.5 || factor === 2 ? "" : String(factor));
      setStyle(tick, "--at", String(heightOf(factor)));
      return tick;
    });
    this.slider = h(
      "div",
      {
        class: "mx-slider",
        role: "slider",
        tabindex: 0,
        title: TITLE,
        "aria-label": "All learning rates",
        "aria-orientation": "vertical",
        "aria-valuemin": 0.1,
        "aria-valuemax": 10,
        onkeydown: (event: KeyboardEvent) => this.key(event),
      },
      this.track,
      ...ticks,
    );
    this.side = h(
      "div",
      { class: "mx-side" },
      this.factor,
      h("div", { class: "mx-factors" }, this.half, this.double),
      this.message,
    );
    this.element = h(
      "div",
      { class: "mx-fader", role: "group", "aria-label": "All groups" },
      h("div", { class: "mx-name", title: TITLE }, h("span", { class: "mx-name-text" }, "All groups")),
      h("div", { class: "mx-body" }, this.slider, this.side),
    );
    this.drag = new VerticalDrag(
      { element: this.slider, track: this.track, thumb: this.thumb },
      {
        mayBegin: () => !this.isLocked,
        height: () => 0.5,
        move: (height) => {
          this.from ??= this.rates();
          this.scale(this.from, factorAt(height), true);
        },
        end: () => {
          this.from = null;
          this.draw(1);
        },
      },
    );
    this.draw(1);
  }

  show(isLocked: boolean): void {
    this.isLocked = isLocked;
    setAttribute(this.slider, "aria-disabled", isLocked ? "true" : null);
    setAttribute(this.half, "disabled", isLocked);
    setAttribute(this.double, "disabled", isLocked);
  }

  destroy(): void {
    clearTimeout(this.timer);
    clearTimeout(this.factorTimer);
    this.drag.destroy();
    this.element.remove();
  }

  private button(label: string, title: string, factor: number): HTMLButtonElement {
    const onclick = () => this.scale(this.rates(), factor, false);
    return h("button", { type: "button", title, "aria-label": title, onclick }, label);
  }

  private scale(from: Rate[], asked: number, isHeld: boolean): void {
    const { rates, factor, problem } = scaleAll(from, asked);
    this.draw(isHeld ? factor : 1, factor);
    if (!isHeld) this.factorTimer = setTimeout(() => this.draw(1), FACTOR_MS);
    this.say(problem);
    this.change(rates);
  }

  private key(event: KeyboardEvent): void {
    const factor = KEY_FACTORS[event.key];
    if (factor === undefined || this.isLocked || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.scale(this.rates(), factor, false);
  }

  /** `at` is where the thumb stands, `moved` what was done last. */
  private draw(at: number, moved = at): void {
    clearTimeout(this.factorTimer);
    setStyle(this.track, "--at", heightOf(at).toFixed(4));
    setText(this.factor, factorText(moved));
    setAttribute(this.slider, "aria-valuenow", at);
    setAttribute(this.slider, "aria-valuetext", factorText(moved));
  }

  private say(text: string): void {
    clearTimeout(this.timer);
    setText(this.message, text);
    setAttribute(this.message, "title", text || null);
    setAttribute(this.message, "data-kind", text === "" ? null : "problem");
    setAttribute(this.side, "data-message", text !== "");
    if (text !== "") this.timer = setTimeout(() => this.say(""), WORDS_MS);
  }
}
