/** A chart's menu: what lies along it, and the files that can be made of it. */

import { h, setAttribute, setHidden } from "../shared/dom";
import { attachPopover } from "../shared/popup";
import type { ThemeName } from "../shared/theme";
import { ALONG, type Along } from "./along";

export interface MenuEvents {
  along(along: Along): void;
  csv(): void;
  png(theme: ThemeName): void;
}

const WORDS: Record<Along, string> = { steps: "Steps", epochs: "Epochs", seconds: "Seconds of training" };

export class Menu {
  readonly button = h("button", { class: "hr-quiet lv-tool lv-more", type: "button" }, "⋯");
  readonly popup: HTMLElement;
  private readonly units = new Map<Along, HTMLButtonElement>();
  private readonly unitPart: HTMLElement;
  private readonly csv: HTMLButtonElement;
  private readonly pngs: HTMLButtonElement[];

  constructor(events: MenuEvents) {
    const item = (text: string, title: string, press: () => void) =>
      h("button", { type: "button", class: "lv-item", title, onclick: () => this.chosen(press) }, text);
    for (const along of ALONG) {
      this.units.set(
        along,
        item(WORDS[along], "Along all charts over time", () => events.along(along)),
      );
    }
    this.unitPart = h("div", { class: "lv-part" }, h("span", { class: "lv-what" }, "Along"), ...this.units.values());
    this.csv = item("CSV: every recorded step", "One line per step and run, of what this chart draws", () =>
      events.csv(),
    );
    this.pngs = [
      item("PNG, white", "The chart as it is now, with title and legend", () => events.png("light")),
      item("PNG, dark", "The chart as it is now, with title and legend", () => events.png("dark")),
    ];
    const files = h("div", { class: "lv-part" }, h("span", { class: "lv-what" }, "Download"), this.csv, ...this.pngs);
    this.popup = h("div", { class: "lv-menu" }, this.unitPart, files);
    attachPopover(this.button, this.popup, this.button);
  }

  update(title: string, along: Along, isOverTime: boolean, hasCsv: boolean, isEmpty: boolean): void {
    setAttribute(this.button, "aria-label", `Menu: ${title}`);
    setAttribute(this.button, "title", "Steps, epochs or seconds; download");
    setAttribute(this.popup, "aria-label", `Menu: ${title}`);
    setHidden(this.unitPart, !isOverTime);
    for (const [unit, button] of this.units) setAttribute(button, "aria-pressed", String(unit === along));
    setHidden(this.csv, !hasCsv);
    for (const each of [this.csv, ...this.pngs]) setAttribute(each, "disabled", isEmpty);
  }

  private chosen(press: () => void): void {
    this.popup.hidePopover();
    press();
  }
}
