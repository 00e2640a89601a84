/** The context rail: tabs, the open panel, and a strip that explains what the pointer or the focus is on. */

import { h, place, setAttribute, setText } from "../../shared/dom";
import type { Tab } from "../store";
import { icon } from "./icons";
import type { Scene } from "./scene";

export interface Panel {
  readonly element: HTMLElement;
  update(): void;
  destroy?(): void;
}

const TABS: [Tab, string, string][] = [
  ["blocks", "Blocks", "Data sets, blocks and layers to build with"],
  ["item", "Item", "Every option of the selected item"],
  ["groups", "Groups", "Groups of parameters with their own learning rates"],
  ["training", "Training", "Optimizer, schedule, batches, loss"],
  ["data", "Data", "Split, normalisation and augmentation of the data"],
];

const HINT = { title: "", text: "Point at a block, a layer or a field to read what it means." };

export class Rail {
  readonly element: HTMLElement;
  private readonly body = h("div", { class: "scroll", role: "tabpanel" });
  private readonly helpTitle = h("b");
  private readonly helpText = h("span");
  private readonly tabs = new Map<Tab, HTMLButtonElement>();

  constructor(
    private readonly scene: Scene,
    private readonly panels: Record<Tab, Panel>,
  ) {
    const buttons = TABS.map(([tab, title, help]) => {
      const button = h(
        "button",
        {
          type: "button",
          role: "tab",
          title: help,
          "data-help": help,
          "data-help-title": title,
          onclick: () => scene.store.show(tab),
          onkeydown: (event: KeyboardEvent) => this.step(event, tab),
        },
        icon(tab),
        h("span", {}, title),
      );
      this.tabs.set(tab, button);
      return button;
    });
    this.element = h(
      "aside",
      { class: "hr-panel rail", "aria-label": "Palette and forms" },
      h("div", { class: "tabs", role: "tablist" }, ...buttons),
      this.body,
      h("div", { class: "help" }, this.helpTitle, this.helpText),
    );
    this.explain(null);
    this.element.addEventListener("pointerover", (event) => this.explain(event.target));
    this.element.addEventListener("pointerleave", () => this.explain(null));
    this.element.addEventListener("focusin", (event) => this.explain(event.target));
  }

  update(): void {
    const { store } = this.scene;
    for (const [tab, button] of this.tabs) {
      setAttribute(button, "aria-selected", String(tab === store.tab));
      setAttribute(button, "tabindex", tab === store.tab ? 0 : -1);
      if (tab === "item") button.disabled = store.selected === null;
    }
    const panel = this.panels[store.tab];
    const turned = this.body.firstChild !== panel.element;
    place(this.body, [panel.element]);
    if (turned) this.body.scrollTop = 0;
    setAttribute(this.body, "aria-label", store.tab);
    panel.update();
  }

  private step(event: KeyboardEvent, tab: Tab): void {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.stopPropagation();
    const open = TABS.map(([name]) => name).filter((name) => !this.tabs.get(name)?.disabled);
    const direction = event.key === "ArrowRight" ? 1 : -1;
    const next = open[(open.indexOf(tab) + direction + open.length) % open.length] ?? tab;
    this.scene.store.show(next);
    this.tabs.get(next)?.focus();
  }

  private explain(target: EventTarget | null): void {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-help]") : null;
    setText(this.helpTitle, element?.dataset["helpTitle"] ?? HINT.title);
    setText(this.helpText, element ? (element.dataset["help"] ?? "") : HINT.text);
  }

  /** Says what was done, or why it could not be, until something else is pointed at. */
  tell(text: string): void {
    setText(this.helpTitle, "");
    setText(this.helpText, text);
  }

  destroy(): void {
    for (const panel of Object.values(this.panels)) panel.destroy?.();
  }
}
