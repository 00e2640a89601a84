/** A repeat's own controls: how often, and a strip with one mark per copy. */

import { h, setAttribute, setStyle } from "../../shared/dom";
import { blocksWithin, blockText, copiesNow } from "../model/live";
import { children, walk } from "../model/tree";
import type { Cards, Item, Live } from "../types";
import type { Scene } from "./scene";
import { Strip } from "./strip";

export class Times {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly strip = new Strip();
  private readonly row = h("div", { class: "copies" }, this.strip.element);
  private times = 1;
  private item: Item | null = null;
  private cards: Cards | null = null;
  private lit: number | null = null;

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
    this.element = h("div", { class: "times" }, h("span", { class: "stepper" }, less, this.input, more), this.row);
    this.row.addEventListener("pointermove", (event) => this.say(this.strip.copyUnder(event)));
  }

  update(scene: Scene, item: Item): void {
    const times = Number(item["times"] ?? 1);
    this.times = times;
    this.item = item;
    if (this.input.getRootNode() instanceof ShadowRoot) {
      const focused = (this.input.getRootNode() as ShadowRoot).activeElement === this.input;
      if (!focused) this.input.value = String(times);
    } else this.input.value = String(times);
    this.input.readOnly = scene.store.readOnly;
    for (const button of this.buttons) button.disabled = scene.store.readOnly;
    const block = [...walk(children(item, "items"))].find(
      (inner) => scene.catalogue.kinds[inner.kind]?.role === "block",
    );
    setStyle(this.row, "--kind", (block && scene.catalogue.kinds[block.kind]?.colour) ?? "var(--faint)");
    setAttribute(this.row, "title", `${times} copies`);
    this.draw();
  }

  live(live: Live | null): void {
    this.cards = live?.cards ?? null;
    this.draw();
  }

  /** Marks one copy; null marks none. */
  light(copy: number | null): void {
    this.lit = copy;
    this.draw();
  }

  private draw(): void {
    if (this.item === null) return;
    const now = this.cards && copiesNow(this.item, this.times, this.cards.items);
    this.strip.draw(this.times, now?.some((each) => each.level !== null || each.isDropped) ? now : null, this.lit);
  }

  /** The numbers of the copy under the pointer. */
  private say(copy: number): void {
    const { item, cards } = this;
    const words = (item === null || cards === null ? [] : blocksWithin(item)).flatMap(({ id, each }) => {
      const now = cards!.items[id];
      return now ? [blockText(now, cards!, copy * each)] : [];
    });
    setAttribute(this.row, "title", [`Copy ${copy + 1} of ${this.times}`, ...words].join("\n"));
  }
}
