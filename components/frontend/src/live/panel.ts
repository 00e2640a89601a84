/** One panel: a chart, its title that chooses another, its axis type, its size. */

import { h, setAttribute, setHidden, setText } from "../shared/dom";
import { beside } from "../shared/feed";
import { saveFrom } from "../shared/save";
import type { Colours, ThemeName } from "../shared/theme";
import { type Along, NOT_KNOWN, placing, roundEnd } from "./along";
import { above, type Range, verticalRange } from "./axis";
import { fillChart, fillsOf, heightsOf } from "./fill";
import type { Findings } from "./findings";
import { flagAt, flagKey } from "./flags";
import { drawsFlags, type Frame, inked, layoutOf, sidesOf, type Zoom } from "./layout";
import { drawLegend, entriesOf, keyOf } from "./legend";
import { Menu } from "./menu";
import type { Assembly } from "./merge";
import type { Chart, Content, Flag, Scale, Trace } from "./message";
import { type Moment, momentAt, placeOf } from "./moment";
import { Bands, depthUnder } from "./bands";
import { figureOf, savePng } from "./png";
import { plotly, type PlotlyElement, type PlotlyEvent } from "./plotly";
import { Scrubber, type Stops } from "./scrubber";
import { floorTo, type Steps } from "./steps";
import { grouped } from "../shared/words";
import type { Filter } from "./tiles";
import { Wall } from "./wall";

export const SELDOM_MS = 500;

const CONFIG = {
  displayModeBar: false,
  responsive: false,
  doubleClick: false,
  showTips: false,
  showAxisDragHandles: false,
};

/** So far from a flag's line a click is still meant for it, and so little a click moves. */
const REACH_PX = 5;
const STILL_PX = 3;

export interface PanelEvents {
  /** Asks what can be done at flags: all of them under a button, or one under a point. */
  openFlags(where: HTMLElement): void;
  openFlag(flag: Flag, x: number, y: number): void;
  choose(chartId: string): void;
  enlarge(): void;
  /** What lies along all charts over time. */
  along(along: Along): void;
  redraw(): void;
  /** Draws what a hand moves, without waiting for the news' turn. */
  follow(): void;
  /** Chooses the step of all charts over depth; null follows the newest. */
  goToStep(step: number | null): void;
  /** Which depth is under the pointer. */
  point(depth: number | null): void;
}

/** What a person set on a chart; it stays with the chart, whichever panel shows it. */
export interface Choice {
  scale: Scale | null;
  zoom: Zoom;
  /** Legend keys of what is left out. */
  hidden: Set<string>;
  /** Which row is drawn, where it is one at a time; null follows the newest. */
  moment: Moment | null;
  /** Whose tiles alone are shown, of a wall. */
  filter: Filter | null;
  /** Which tile is chosen, of a strip. */
  tile: number;
}

export function newChoice(scale: Scale | null): Choice {
  return { scale, zoom: { x: null, y: null }, hidden: new Set(), moment: null, filter: null, tile: 0 };
}

/** Where contents of findings are asked for. */
export interface Source {
  findings: Findings;
  address: string;
  steps: Steps;
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

export class Panel {
  readonly element: HTMLElement;
  private readonly title = h("select", { class: "lv-title", "aria-label": "Chart shown here" });
  private readonly note = h("span", { class: "lv-note" });
  private readonly reset = h(
    "button",
    { class: "hr-quiet lv-tool", type: "button", title: "Show everything again" },
    "Reset zoom",
  );
  private readonly flags = h("button", {
    class: "hr-quiet lv-tool lv-flags",
    type: "button",
    title: "Flags: what was changed, and the ways back to before it",
    "aria-haspopup": "dialog",
  });
  private readonly scale = h("button", { class: "hr-quiet lv-tool", type: "button" });
  private readonly size = h("button", { class: "hr-quiet lv-tool lv-size", type: "button" });
  private readonly plot = h("div", { class: "lv-plot" });
  private readonly legend = h("div", { class: "lv-legend" });
  private readonly scrubber = new Scrubber((at) => this.goTo(at));
  private readonly bands = new Bands();
  private readonly above = h("button", { class: "hr-quiet lv-above", type: "button", hidden: true });
  private readonly wall = new Wall({
    filter: (filter) => {
      this.choice.filter = filter;
      this.events.follow();
    },
    choose: (tile) => {
      this.choice.tile = tile;
      this.events.follow();
    },
  });
  private readonly empty = h("p", { class: "lv-empty" });
  private readonly menu: Menu;
  private chart: Chart | null = null;
  /** The flags as they were told, by those that are drawn. */
  private declared = new Map<Flag, Flag>();
  /** What was drawn last, for a picture of it. */
  private last: { assembly: Assembly; visible: Trace[]; frame: Frame } | null = null;
  private choice: Choice = newChoice(null);
  private range: Range | null = null;
  /** The table whose rows are drawn one at a time, as it was drawn last. */
  private rows: { table: string; x: number[] } | null = null;
  private stops: Stops | null = null;
  private lit: readonly [number, number][] = [];
  private frame: Frame | null = null;
  /** The content drawn last, which stays while another one is under way. */
  private content: Content | null = null;
  private isListening = false;
  private drawnAt = -Infinity;

  constructor(private readonly events: PanelEvents) {
    this.menu = new Menu({
      along: (along) => events.along(along),
      csv: () => this.saveCsv(),
      png: (theme) => void this.savePng(theme),
    });
    const { reset, flags, scale, menu, size } = this;
    const tools = h("div", { class: "lv-tools" }, reset, flags, scale, menu.button, size, menu.popup);
    const head = h("header", { class: "lv-head" }, this.title, this.note, tools);
    this.element = h(
      "section",
      { class: "lv-panel" },
      head,
      h("div", { class: "lv-body" }, this.plot, this.bands.element, this.above, this.empty),
      this.legend,
      this.wall.element,
      this.scrubber.element,
    );
    this.title.addEventListener("change", () => events.choose(this.title.value));
    this.size.addEventListener("click", () => events.enlarge());
    this.scale.addEventListener("click", () => this.toggleScale());
    this.reset.addEventListener("click", () => this.resetZoom());
    this.above.addEventListener("click", () => this.toggleScale());
    this.plot.addEventListener("pointermove", (event) => this.pointed(event));
    this.plot.addEventListener("pointerleave", () => events.point(null));
    this.flags.addEventListener("click", () => events.openFlags(this.flags));
    this.plot.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
  }

  get chartId(): string | null {
    return this.chart?.id ?? null;
  }

  /** Whether the step that a person chooses is one of its own. */
  get isOfOneStep(): boolean {
    return this.chart?.every != null;
  }

  /** Shows a chart; `charts` are those that can be chosen instead. */
  show(chart: Chart, choice: Choice, charts: readonly Chart[]): void {
    this.expire();
    if (this.chart?.id !== chart.id || this.chart.finding !== chart.finding) {
      if (this.chart !== null) this.clear();
      this.range = null;
      this.content = null;
    }
    this.chart = chart;
    this.choice = choice;
    const ids = charts.map((each) => each.id).join();
    if (this.title.dataset.charts !== ids) {
      this.title.dataset.charts = ids;
      this.title.replaceChildren(...bySection(charts));
    }
    this.title.value = chart.id;
    setAttribute(this.element, "data-chart", chart.id);
    setAttribute(this.element, "aria-label", chart.title);
    setAttribute(this.title, "title", `${chart.help} Choose another chart here.`);
  }

  /** Whether it should follow the news now; charts of a single step jump about, so they follow more seldom. */
  isDue(now: number): boolean {
    return this.chart === null || this.chart.x === "step" || now - this.drawnAt >= SELDOM_MS - 20;
  }

  /** Makes it due. */
  expire(): void {
    this.drawnAt = -Infinity;
  }

  draw(assembly: Assembly, source: Source, colours: Colours, font: string, isLarge: boolean, along: Along): void {
    const { chart, choice } = this;
    this.drawnAt = performance.now();
    const message = assembly.message;
    if (chart === null || message === null) return;
    const { steps } = source;
    this.stops = chart.every === null ? this.rowsOf(chart, assembly) : stepsOf(chart.every, message.last_step, steps);
    const profile = chart.every === null ? null : steps.of(chart.id, chart.every);
    const content = this.contentOf(chart, source);
    const fills = chart.finding === null ? profile?.fills : fillsOf(content, choice.tile);
    const { traces, floor, isEmpty } = fillChart(chart, choice.scale, assembly, {
      moment: choice.moment,
      fills,
      along,
    });
    this.showWall(chart, content);
    const note = profile?.note ?? message.notes[chart.id] ?? "";
    this.label(chart, this.wordsFor(chart, content, isEmpty), isLarge, note);
    const numFlags = drawsFlags(chart) && !isEmpty ? message.flags.length : 0;
    setHidden(this.flags, numFlags === 0);
    setText(this.flags, `⚑${numFlags}`);
    setAttribute(this.flags, "aria-label", `Flags of ${chart.title}: ${numFlags}`);
    this.menu.update(chart.title, along, chart.x === "step", chart.csv, isEmpty);
    const isUnplaced = isEmpty && along !== "steps" && chart.x === "step" && !fillChart(chart, null, assembly).isEmpty;
    if (isUnplaced) setText(this.empty, NOT_KNOWN);
    this.last = null;
    const entries = entriesOf(traces);
    drawLegend(this.legend, isEmpty || entries.length < 2 ? [] : entries, choice.hidden, (key) => this.toggle(key));
    const hasStops = chart.every === null || !isEmpty || steps.chosen !== null;
    this.scrubber.show(hasStops ? this.stops : null, chart.title);
    const width = this.plot.clientWidth;
    const height = this.plot.clientHeight;
    if (isEmpty || width < 40 || height < 40) {
      this.clear();
      this.sayAbove(null);
      return;
    }
    const visible = traces.filter((trace) => !choice.hidden.has(keyOf(trace)));
    const isLinear = choice.scale === "linear";
    const beyond = isLinear ? above(heightsOf(visible), message.limits[chart.id]) : null;
    const limit = beyond === null ? undefined : message.limits[chart.id];
    this.range = choice.scale === null ? null : verticalRange(heightsOf(visible), choice.scale, this.range, limit);
    this.sayAbove(choice.zoom.y === null ? beyond : null);
    this.declared = placed(message.flags, along, assembly);
    const frame: Frame = {
      width,
      height,
      scale: choice.scale,
      zoom: choice.zoom,
      range: this.range,
      floor,
      along,
      axisEnd: along === "steps" ? message.axis_end : roundEnd(traces),
      flags: [...this.declared.keys()],
      isLarge,
    };
    this.frame = frame;
    this.last = { assembly, visible, frame };
    const layout = layoutOf(chart, traces, frame, colours, font);
    void plotly.react(this.plot, inked(visible, colours), layout, CONFIG).then((element) => this.listen(element));
    this.drawBands();
  }

  /** Lights blocks up from and to these depths. */
  light(stretches: readonly [number, number][]): void {
    this.lit = stretches;
    this.drawBands();
  }

  private drawBands(): void {
    this.bands.draw(this.plot as PlotlyElement, this.isListening ? (this.chart?.depth ?? null) : null, this.lit);
  }

  private pointed(event: PointerEvent): void {
    const axis = this.chart?.depth ?? null;
    if (axis !== null && event.buttons === 0) this.events.point(depthUnder(this.plot as PlotlyElement, axis, event));
  }

  /** Forgets the drawing, so that the next one starts from nothing. */
  clear(): void {
    if (!this.isListening) return;
    plotly.purge(this.plot);
    this.plot.replaceChildren();
    this.isListening = false;
    this.drawBands();
  }

  destroy(): void {
    this.clear();
    this.element.remove();
  }

  private saveCsv(): void {
    if (this.chart === null || this.last === null) return;
    const runs = Object.keys(this.last.assembly.runs).join();
    saveFrom(beside(`csv/chart?chart=${encodeURIComponent(this.chart.id)}&runs=${runs}`));
  }

  private async savePng(theme: ThemeName): Promise<void> {
    const { chart, last } = this;
    if (chart === null || last === null) return;
    await savePng(figureOf(chart, last.visible, last.frame, last.assembly, theme), chart, last.assembly);
  }

  /** Of the finding that is shown; while it is under way, of the one before. */
  private contentOf(chart: Chart, { findings, address }: Source): Content | null {
    const { rows } = this;
    if (chart.finding === null || rows === null) return null;
    const finding = rows.x[placeOf(this.choice.moment, rows.table, rows.x)]!;
    this.content = findings.content(address, rows.table, finding) ?? this.content;
    return this.content;
  }

  /** A wall in the place of the drawing, or a strip under it that has one of its tiles chosen. */
  private showWall(chart: Chart, content: Content | null): void {
    const wall = chart.tiles === null ? null : (content?.wall ?? null);
    const isStrip = chart.tiles === "strip";
    this.wall.show(wall, this.choice.filter, isStrip ? this.choice.tile : null);
    setAttribute(this.element, "data-wall", wall !== null && !isStrip);
  }

  /** What stands in the place of a drawing that there is not; null where there is one. */
  private wordsFor(chart: Chart, content: Content | null, isEmpty: boolean): string | null {
    if (content?.empty !== undefined) return content.empty;
    if (!isEmpty || (chart.tiles === "wall" && content?.wall !== undefined)) return null;
    return chart.finding !== null && this.rows !== null ? "On its way …" : chart.empty;
  }

  private label(chart: Chart, words: string | null, isLarge: boolean, note: string): void {
    setText(this.note, note);
    setAttribute(this.note, "title", note);
    setText(this.empty, words ?? "");
    setHidden(this.empty, words === null);
    setHidden(this.scale, chart.scale === null);
    const isLog = this.choice.scale === "log";
    setText(this.scale, isLog ? "log" : "linear");
    setAttribute(this.scale, "title", `The vertical axis is ${isLog ? "logarithmic" : "linear"}: click to change it`);
    setHidden(this.reset, this.choice.zoom.x === null && this.choice.zoom.y === null);
    setText(this.size, isLarge ? "✕" : "⤢");
    const act = isLarge ? "Back to all charts (Escape)" : "Enlarge";
    setAttribute(this.size, "title", act);
    setAttribute(this.size, "aria-label", `${act}: ${chart.title}`);
  }

  /** Nothing is left out without a word. */
  private sayAbove(greatest: number | null): void {
    setHidden(this.above, greatest === null);
    if (greatest === null) return;
    const words = `up to ${greatest.toPrecision(2).replace("e+", "e")}`;
    setText(this.above, `▲ ${words}`);
    setAttribute(
      this.above,
      "title",
      `Values ${words} lie above this axis, which makes room for three times the loss at the start. ` +
        "Click for the logarithmic axis, which shows them all.",
    );
  }

  private rowsOf(chart: Chart, assembly: Assembly): Stops | null {
    const matrix = chart.figure.data.find((trace) => trace.meta?.matrix !== undefined);
    const table = chart.finding ?? matrix?.meta?.table;
    const { x, labels } = assembly.table(table ?? "");
    this.rows = table === undefined || x.length === 0 ? null : { table, x };
    if (this.rows === null) return null;
    const at = placeOf(this.choice.moment, this.rows.table, x);
    return { first: 0, last: x.length - 1, every: 1, at, label: (place) => labels[place] ?? "", isLabelled: true };
  }

  private goTo(at: number): void {
    if (this.isOfOneStep) {
      this.events.goToStep(this.stops === null || at >= this.stops.last ? null : at);
      return;
    }
    if (this.rows === null) return;
    this.choice.moment = momentAt(this.rows.table, this.rows.x, at);
    this.events.follow();
  }

  private listen(element: PlotlyElement): void {
    if (this.isListening) return;
    this.isListening = true;
    this.drawBands();
    element.on("plotly_relayout", (event) => this.zoomed(event));
    element.on("plotly_doubleclick", () => this.resetZoom());
    element.on("plotly_clickannotation", ({ annotation, event }) => {
      const { name } = annotation as { name: string };
      const flag = this.frame?.flags.find((each) => flagKey(each) === name);
      const { clientX, clientY } = event as MouseEvent;
      if (flag !== undefined) this.events.openFlag(this.declared.get(flag) ?? flag, clientX, clientY);
    });
  }

  /** A click on a flag's line: Plotly tells of none on shapes, and of a drag to zoom it is told apart by standing still. */
  private press(down: PointerEvent): void {
    const { chart, frame } = this;
    if (chart === null || frame === null || !drawsFlags(chart) || down.button !== 0) return;
    const { l, r } = sidesOf(chart);
    const place = down.clientX - this.plot.getBoundingClientRect().left - l;
    const flag = flagAt(frame, frame.width - l - r, place, REACH_PX);
    const isOnPlot = down.composedPath().some((node) => node instanceof Element && node.classList.contains("nsewdrag"));
    if (flag === null || !isOnPlot) return;
    const release = (up: PointerEvent): void => {
      const moved = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY);
      if (moved <= STILL_PX) this.events.openFlag(this.declared.get(flag) ?? flag, up.clientX, up.clientY);
    };
    // In the capturing phase: Plotly ends its own drag there.
    window.addEventListener("pointerup", release, { capture: true, once: true });
  }

  private zoomed(event: PlotlyEvent): void {
    const read = (axis: string): Range | null => {
      const low = event[`${axis}.range[0]`];
      const high = event[`${axis}.range[1]`];
      return typeof low === "number" && typeof high === "number" ? [low, high] : null;
    };
    const x = read("xaxis");
    const y = read("yaxis");
    if (x === null && y === null) return;
    this.choice.zoom = { x: x ?? this.choice.zoom.x, y: y ?? this.choice.zoom.y };
    this.events.redraw();
  }

  private resetZoom(): void {
    this.choice.zoom = { x: null, y: null };
    this.range = null;
    this.events.redraw();
  }

  private toggle(key: string): void {
    const { hidden } = this.choice;
    if (!hidden.delete(key)) hidden.add(key);
    this.range = null;
    this.events.redraw();
  }

  private toggleScale(): void {
    this.choice.scale = this.choice.scale === "log" ? "linear" : "log";
    this.choice.zoom = { x: this.choice.zoom.x, y: null };
    this.range = null;
    this.events.redraw();
  }
}

/** Steps at which there are values; what is drawn stands over the chart, for it may be the mean of several. */
function stepsOf(every: number, lastStep: number, { chosen }: Steps): Stops | null {
  if (lastStep < every) return null;
  const last = floorTo(every, lastStep);
  const at = chosen === null ? last : Math.min(last, floorTo(every, chosen));
  const label = (step: number) => (step >= last ? "The newest step" : `Step ${grouped(step)}`);
  return { first: every, last, every, at, label, isLabelled: false };
}

/** Flags stand at steps of their runs: the same along something else, each with the one that it was. */
function placed(flags: readonly Flag[], along: Along, assembly: Assembly): Map<Flag, Flag> {
  const found = new Map<Flag, Flag>();
  for (const flag of flags) {
    const at = placing(along, flag.run, assembly);
    if (at !== null) found.set({ ...flag, x: at(flag.x) }, flag);
  }
  return found;
}
