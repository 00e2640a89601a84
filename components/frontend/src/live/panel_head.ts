/** What stands over a chart: its title, which chooses another, a note, and tools for axis, zoom, flags, files and size. */

import { h, setAttribute, setHidden, setText } from "../shared/dom";
import type { ThemeName } from "../shared/theme";
import type { Choice } from "./choice";
import { Menu } from "./menu";
import type { Chart } from "./message";
import type { Over } from "./over";

export interface HeadEvents {
  choose(chartId: string): void;
  enlarge(): void;
  toggleScale(): void;
  resetZoom(): void;
  openFlags(where: HTMLElement): void;
  over(over: Over): void;
  csv(): void;
  png(theme: ThemeName): void;
}

/** How the chart under it is drawn now. */
export interface Drawn {
  note: string;
  numFlags: number;
  over: Over;
  isEmpty: boolean;
  isLarge: boolean;
}

/** The picker's list, in the charts' order; a section stands where its first chart does. */
function bySection(charts: readonly Chart[]): HTMLElement[] {
  const sections = new Map<string, HTMLElement>();
  for (const chart of charts) {
    const label = chart.section;
    if (!sections.has(label)) sections.set(label, h("optgroup", { label }));
    sections.get(label)!.append(h("option", { value: chart.id }, chart.title));
  }
  return [...sections.values()];
}

export class PanelHead {
  readonly element: HTMLElement;
  private readonly title = h("select", { class: "lv-title", "aria-label": "Chart shown here" });
  private readonly note = h("span", { class: "lv-note" });
  private readonly reset = tool("", { title: "Show everything again" }, "Reset zoom");
  private readonly flags = tool("lv-flags", {
    title: "Flags: what was changed, and the ways back to before it",
    "aria-haspopup": "dialog",
  });
  private readonly scale = tool("", {});
  private readonly size = tool("lv-size", {});
  private readonly menu: Menu;

  constructor(events: HeadEvents) {
    this.menu = new Menu(events);
    const { reset, flags, scale, menu, size } = this;
    const tools = h("div", { class: "lv-tools" }, reset, flags, scale, menu.button, size, menu.popup);
    this.element = h("header", { class: "lv-head" }, this.title, this.note, tools);
    this.title.addEventListener("change", () => events.choose(this.title.value));
    size.addEventListener("click", () => events.enlarge());
    scale.addEventListener("click", () => events.toggleScale());
    reset.addEventListener("click", () => events.resetZoom());
    flags.addEventListener("click", () => events.openFlags(flags));
  }

  /** Names a chart; `charts` are those that can be chosen instead. */
  name(chart: Chart, charts: readonly Chart[]): void {
    const ids = charts.map((each) => each.id).join();
    if (this.title.dataset.charts !== ids) {
      this.title.dataset.charts = ids;
      this.title.replaceChildren(...bySection(charts));
    }
    this.title.value = chart.id;
    setAttribute(this.title, "title", `${chart.help} Choose another chart here.`);
  }

  update(chart: Chart, choice: Choice, { note, numFlags, over, isEmpty, isLarge }: Drawn): void {
    setText(this.note, note);
    setAttribute(this.note, "title", note);
    setHidden(this.flags, numFlags === 0);
    setText(this.flags, `⚑${numFlags}`);
    setAttribute(this.flags, "aria-label", `Flags of ${chart.title}: ${numFlags}`);
    setHidden(this.scale, chart.scale === null);
    const isLog = choice.scale === "log";
    setText(this.scale, isLog ? "log" : "linear");
    setAttribute(this.scale, "title", `The vertical axis is ${isLog ? "logarithmic" : "linear"}: click to change it`);
    setHidden(this.reset, choice.zoom.x === null && choice.zoom.y === null);
    setText(this.size, isLarge ? "✕" : "⤢");
    const act = isLarge ? "Back to all charts (Escape)" : "Enlarge";
    setAttribute(this.size, "title", act);
    setAttribute(this.size, "aria-label", `${act}: ${chart.title}`);
    this.menu.update(chart, over, isEmpty);
  }
}

function tool(name: string, attributes: Record<string, string>, ...words: string[]): HTMLButtonElement {
  return h("button", { class: `hr-quiet lv-tool ${name}`.trim(), type: "button", ...attributes }, ...words);
}
