/** A learning rate or a weight decay as text. What is no number stays in the field, with the reason, and goes nowhere. */

import { h, setAttribute } from "../shared/dom";
import { nudged, parseRate, type Quantity, rateText } from "./rate";

export class RateField {
  readonly element: HTMLInputElement;
  private rate = 0;
  private shown = "";
  /** Whether the text is the person's and not yet taken. */
  private isEdited = false;

  constructor(
    private readonly quantity: Quantity,
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
      "aria-label": `${quantity.title} of ${name}`,
      "aria-describedby": messageId,
      oninput: () => this.typed(),
      onkeydown: (event: KeyboardEvent) => this.key(event),
      onblur: () => this.take(),
    });
  }

  show(rate: number, isLocked: boolean): void {
    setAttribute(this.element, "readonly", isLocked);
    const isOther = rate !== this.rate;
    this.rate = rate;
    // Whoever is typing has the last word; a mistake that was left behind has not.
    if (this.isEdited && isOther && !this.element.matches(":focus")) this.reset();
    else if (!this.isEdited) this.write();
  }

  /** Forgets what was typed. */
  reset(): void {
    this.isEdited = false;
    this.write();
    this.say("");
  }

  private write(): void {
    setAttribute(
      this.element,
      "title",
      `${this.quantity.title} ${this.rate}: 0 to ${this.quantity.limit}, as 0.01 or 1e-2`,
    );
    const text = rateText(this.rate);
    if (text === this.shown && this.element.value === text) return;
    this.shown = text;
    this.element.value = text;
  }

  private typed(): void {
    this.isEdited = this.element.value !== this.shown;
    // A number half typed is no mistake yet; a mistake that is mended is forgiven at once.
    if ("rate" in parseRate(this.element.value, this.quantity)) this.say("");
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter") this.take();
    else if (event.key === "Escape") this.reset();
    else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !this.element.readOnly && this.take()) {
      event.preventDefault();
      this.change(nudged(this.rate, event.key === "ArrowUp" ? 1.1 : 1 / 1.1, this.quantity.limit));
    }
  }

  /** True unless the text is no rate. */
  private take(): boolean {
    if (!this.isEdited) return true;
    const parsed = parseRate(this.element.value, this.quantity);
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
