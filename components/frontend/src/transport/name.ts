/** The experiment's name: a click opens the list of experiments, a double click or F2 renames in place. */

import { h, place, setAttribute, setText } from "../shared/dom";
import { icon } from "./icons";
import { Choice } from "../shared/pending";
import type { Send } from "./types";

/** A click waits this long for a second one. */
const DOUBLE_CLICK_MS = 230;
const MAX_LENGTH = 120;

export class ExperimentName {
  readonly element = h("div", { class: "tp-name" });
  private readonly label = h("span", { class: "tp-name-text" });
  private readonly button: HTMLButtonElement;
  private readonly shown = new Choice<string>();
  private input: HTMLInputElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private name = "";

  constructor(private readonly send: Send) {
    this.button = h(
      "button",
      {
        type: "button",
        class: "tp-quiet",
        "aria-haspopup": "dialog",
        onclick: (event: MouseEvent) => this.click(event),
        ondblclick: () => this.rename(),
        onkeydown: (event: KeyboardEvent) => {
          if (event.key === "F2") this.rename();
        },
      },
      this.label,
      icon("caret"),
    );
  }

  update(name: string, readOnly: boolean): void {
    this.name = this.shown.current(name, performance.now());
    if (this.input !== null) return;
    setText(this.label, this.name);
    setAttribute(this.button, "disabled", readOnly);
    setAttribute(
      this.button,
      "title",
      readOnly ? this.name : `${this.name}: click for all experiments, double click or F2 to rename`,
    );
    place(this.element, [this.button]);
  }

  destroy(): void {
    clearTimeout(this.timer);
  }

  private click(event: MouseEvent): void {
    clearTimeout(this.timer);
    // A key press has no count of clicks and no second one to wait for.
    if (event.detail === 0) this.send("open_experiments");
    else if (event.detail === 1) this.timer = setTimeout(() => this.send("open_experiments"), DOUBLE_CLICK_MS);
  }

  private rename(): void {
    clearTimeout(this.timer);
    if (this.input !== null || this.button.disabled) return;
    const input = h("input", {
      class: "tp-rename",
      value: this.name,
      maxlength: MAX_LENGTH,
      spellcheck: "false",
      "aria-label": "Name of the experiment",
      title: "Enter keeps the name, Escape leaves it as it was",
      onkeydown: (event: KeyboardEvent) => {
        if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
        // Otherwise the same key press would go on to press the button that gets the focus.
        event.preventDefault();
        this.finish(event.key === "Enter", true);
      },
      onblur: () => this.finish(true, false),
    });
    this.input = input;
    place(this.element, [input]);
    input.focus();
    input.select();
  }

  private finish(keep: boolean, refocus: boolean): void {
    const { input } = this;
    if (input === null) return;
    // First, because taking the field away blurs it.
    this.input = null;
    const name = input.value.trim();
    if (keep && name !== "" && name !== this.name) {
      this.shown.choose(name, performance.now());
      this.name = name;
      this.send("rename", { name });
    }
    setText(this.label, this.name);
    place(this.element, [this.button]);
    if (refocus) this.button.focus();
  }
}
