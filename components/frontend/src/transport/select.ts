/** A native list of choices under a short label: it stays open while the bar updates. */

import { h, setAttribute, setText } from "../shared/dom";
import { icon } from "./icons";
import { Choice } from "../shared/pending";

export interface Option {
  value: string;
  /** On the bar. */
  title: string;
  /** In the open list. */
  text: string;
}

export class Select {
  readonly element: HTMLElement;
  private readonly label = h("span", { class: "tp-select-text" });
  private readonly select: HTMLSelectElement;
  private readonly shown = new Choice<string>();
  private options: Option[] = [];
  private server = "";

  constructor(
    name: string,
    private readonly choose: (value: string) => void,
    className: string,
  ) {
    this.select = h("select", { "aria-label": name, onchange: () => this.changed() });
    this.element = h("div", { class: `tp-select ${className}` }, this.label, icon("caret"), this.select);
  }

  update(options: Option[], value: string, title: string, disabled = false): void {
    if (JSON.stringify(options) !== JSON.stringify(this.options)) {
      this.options = options;
      this.select.replaceChildren(...options.map((option) => h("option", { value: option.value }, option.text)));
    }
    this.server = value;
    setAttribute(this.select, "title", title);
    setAttribute(this.select, "disabled", disabled);
    this.show();
  }

  show(): void {
    const value = this.shown.current(this.server, performance.now());
    if (this.select.value !== value) this.select.value = value;
    setText(this.label, this.options.find((option) => option.value === value)?.title ?? value);
  }

  private changed(): void {
    this.shown.choose(this.select.value, performance.now());
    this.show();
    this.choose(this.select.value);
  }
}
