/** A chart's menu: how charts over time are drawn, and the files that can be made of it. */

import { h, setAttribute, setHidden } from "../shared/dom";
import { attachPopover } from "../shared/popup";
import type { ThemeName } from "../shared/theme";
import { ALONG, type Along } from "./along";
import type { Chart } from "./message";
import { halfLifeOf, type Over } from "./over";

export interface MenuEvents {
  over(over: Over): void;
  csv(): void;
  png(theme: ThemeName): void;
}

const WORDS: Record<Along, string> = { steps: "Steps", epochs: "Epochs", seconds: "Seconds of training" };
const SMOOTHINGS: readonly [number, string][] = [
  [0, "off"],
  [0.25, "¼×"],
  [1, "1×"],
  [4, "4×"],
  [16, "16×"],
];

export class Menu {
  readonly button = h("button", { class: "hr-quiet lv-tool lv-more", type: "button" }, "⋯");
  readonly popup: HTMLElement;
  private readonly units = new Map<Along, HTMLButtonElement>();
  private readonly unitPart: HTMLElement;
  private readonly log: HTMLButtonElement;
  private readonly smoothings = new Map<number, HTMLButtonElement>();
  private readonly smoothPart: HTMLElement;
  private readonly csv: HTMLButtonElement;
  private readonly pngs: HTMLButtonElement[];
  private over: Over | null = null;

  constructor(private readonly events: MenuEvents) {
    const item = (text: string, title: string, press: () => void) =>
      h("button", { type: "button", class: "lv-item", title, onclick: () => this.chosen(press) }, text);
    for (const along of ALONG) {
      this.units.set(
        along,
        item(WORDS[along], "Along all charts over time", () => this.change({ along })),
      );
    }
    this.log = item("Logarithmic axis", "The horizontal axis of all curves over time: the beginning wide", () =>
      this.change({ isLog: !this.over?.isLog }),
    );
    this.unitPart = part("Along", ...this.units.values(), this.log);
    for (const [smoothing, word] of SMOOTHINGS) {
      this.smoothings.set(
        smoothing,
        item(word, "", () => this.change({ smoothing })),
      );
    }
    this.smoothPart = part("Smoothing", h("div", { class: "lv-row" }, ...this.smoothings.values()));
    this.csv = item("CSV: every recorded step", "One line per step and run, of what this chart draws", () =>
      events.csv(),
    );
    this.pngs = [
      item("PNG, white", "The chart as it is now, with title and legend", () => events.png("light")),
      item("PNG, dark", "The chart as it is now, with title and legend", () => events.png("dark")),
    ];
    this.popup = h(
      "div",
      { class: "lv-menu" },
      this.unitPart,
      this.smoothPart,
      part("Download", this.csv, ...this.pngs),
    );
    attachPopover(this.button, this.popup, this.button);
  }

  update(chart: Chart, over: Over, isEmpty: boolean): void {
    this.over = over;
    setAttribute(this.button, "aria-label", `Menu: ${chart.title}`);
    setAttribute(this.button, "title", "Along what, how smooth; download");
    setAttribute(this.popup, "aria-label", `Menu: ${chart.title}`);
    setHidden(this.unitPart, chart.x !== "step");
    for (const [unit, button] of this.units) setAttribute(button, "aria-pressed", String(unit === over.along));
    setHidden(this.log, chart.scale === null);
    setAttribute(this.log, "aria-pressed", String(over.isLog));
    const halfLife = halfLifeOf(chart);
    setHidden(this.smoothPart, halfLife === null);
    for (const [factor, button] of this.smoothings) {
      setAttribute(button, "aria-pressed", String(factor === over.smoothing));
      const words = `a half-life of ${(factor * (halfLife ?? 1)).toLocaleString("en")} steps`;
      setAttribute(button, "title", factor === 0 ? "Thick lines as they were recorded" : `Thick lines with ${words}`);
    }
    setHidden(this.csv, !chart.csv);
    for (const each of [this.csv, ...this.pngs]) setAttribute(each, "disabled", isEmpty);
  }

  private change(part: Partial<Over>): void {
    if (this.over !== null) this.events.over({ ...this.over, ...part });
  }

  private chosen(press: () => void): void {
    this.popup.hidePopover();
    press();
  }
}

function part(what: string, ...content: HTMLElement[]): HTMLElement {
  return h("div", { class: "lv-part" }, h("span", { class: "lv-what" }, what), ...content);
}
