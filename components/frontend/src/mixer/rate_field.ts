/** A learning rate as text. What is no rate stays in the field, with the reason, and goes nowhere. */

import { h, setAttribute } from "../shared/dom";
import { nudged, parseRate, rateText } from "./rate";

export class RateField {
  readonly element: HTMLInputElement;
  private rate = 0;
  private shown = "";
  /** Whether the text is the person's and not yet taken. */
  private isEdited = false;

  constructor(
    name: string,
    messageId: string,
    private readonly change: (rate: number) => void,
    private readonly complain: (problem: string) => void,
  ) {
    this.element = h("input", {
      class: "mx-field",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `Learning rate of ${name}`,
      "aria-describedby": messageId,
      oninput: () => this.typed(),
      onkeydown: (event: KeyboardEvent) => this.key(event),
      onblur: () => this.take(),
    });
  }

  show(rate: number, isLocked: boolean): void {
    setAttribute(this.element, "readonly", isLocked);
    this.rate = rate;
    if (!this.isEdited) this.write();
  }

  /** Forgets what was typed. */
  reset(): void {
    this.isEdited = false;
    this.write();
    this.say("");
  }

  private write(): void {
    setAttribute(this.element, "title", `Base learning rate ${this.rate}: 0 to 100, as 0.01 or 1e-2`);
    const text = rateText(this.rate);
    if (text === this.shown && this.element.value === text) return;
    this.shown = text;
    this.element.value = text;
  }

  private typed(): void {
    this.isEdited = this.element.value !== this.shown;
    // A number half typed is no mistake yet; a mistake that is mended is forgiven at once.
    if ("rate" in parseRate(this.element.value)) this.say("");
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter") this.take();
    else if (event.key === "Escape") this.reset();
    else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !this.element.readOnly && this.take()) {
      event.preventDefault();
      this.change(nudged(this.rate, event.key === "ArrowUp" ? 1.1 : 1 / 1.1));
    }
  }

  /** True unless the text is no rate. */
  private take(): boolean {
    if (!this.isEdited) return true;
    const parsed = parseRate(this.element.value);
    if ("problem" in parsed) {
      this.say(parsed.problem);
      return false;
    }
    this.rate = parsed.rate;
    this.reset();
    this.change(parsed.rate);
    return true;
  }

  private say(problem: string): void {
    setAttribute(this.element, "aria-invalid", problem === "" ? null : "true");
    this.complain(problem);
  }
}
