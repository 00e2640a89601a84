/** A repeat's own controls: how often, and a strip with one mark per copy. */

import { h, place, setAttribute, setStyle } from "../../shared/dom";
import { children, walk } from "../model/tree";
import type { Item, Live } from "../types";
import type { Scene } from "./scene";

const MAX_MARKS = 48;

export class Times {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly strip = h("div", { class: "strip", "aria-hidden": "true" });
  private times = 1;

  constructor(id: string, scene: Scene) {
    const button = (text: string, change: number, title: string) =>
      h(
        "button",
        {
          type: "button",
          title,
          "aria-label": title,
          onclick: (event: Event) => {
            event.stopPropagation();
            scene.actions.setTimes(id, this.times + change);
          },
        },
        text,
      );
    this.buttons = [button("−", -1, "One copy less"), button("+", 1, "One copy more")];
    this.input = h("input", {
      type: "text",
      inputmode: "numeric",
      "aria-label": "Number of copies",
      title: "Number of copies; each has its own weights",
      onchange: () => {
        scene.actions.setTimes(id, Number(this.input.value));
        this.input.value = String(this.times);
      },
    });
    const [less, more] = this.buttons;
    this.element = h("div", { class: "times" }, h("span", { class: "stepper" }, less, this.input, more), this.strip);
  }

  update(scene: Scene, item: Item): void {
    const times = Number(item["times"] ?? 1);
    this.times = times;
    if (this.input.getRootNode() instanceof ShadowRoot) {
      const focused = (this.input.getRootNode() as ShadowRoot).activeElement === this.input;
      if (!focused) this.input.value = String(times);
    } else this.input.value = String(times);
    this.input.readOnly = scene.store.readOnly;
    for (const button of this.buttons) button.disabled = scene.store.readOnly;
    const shown = Math.min(times, MAX_MARKS);
    if (this.strip.childElementCount !== shown)
      place(
        this.strip,
        Array.from({ length: shown }, () => h("i")),
      );
    const block = [...walk(children(item, "items"))].find(
      (inner) => scene.catalogue.kinds[inner.kind]?.role === "block",
    );
    setStyle(this.strip, "--kind", (block && scene.catalogue.kinds[block.kind]?.colour) ?? "var(--faint)");
    setAttribute(this.strip, "title", `${times} copies${times > shown ? `, ${shown} drawn` : ""}`);
  }

  live(live: Live | null, id: string): void {
    const levels = live?.items?.[id]?.levels;
    [...this.strip.children].forEach((mark, index) => {
      const level = levels?.[index];
      setStyle(
        mark as HTMLElement,
        "transform",
        level === undefined ? "" : `scaleY(${Math.max(0.1, Math.min(1, level))})`,
      );
    });
  }
}
