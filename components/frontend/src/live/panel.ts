/** One panel: a chart under its head, with legend and slider. */

import { h, setAttribute, setHidden, setStyle, setText } from "../shared/dom";
import { beside } from "../shared/feed";
import { saveFrom } from "../shared/save";
import type { Colours, ThemeName } from "../shared/theme";
import { NOT_KNOWN, placedFlags, roundEnd } from "./along";
import { above, type Range, verticalRange } from "./axis";
import { fillChart, fillsOf, heightsOf } from "./fill";
import type { Findings } from "./findings";
import { CurveDrawing } from "./curves/curve_drawing";
import type { Drawing, DrawingEvents } from "./drawing";
import { flagAt, flagKey } from "./flags";
import { type Choice, newChoice } from "./choice";
import { type Frame, isOfCurves, labelsOn, marginOf, sidesOf } from "./layout";
import { drawLegend, entriesOf, keyOf } from "./legend";
import type { Assembly } from "./merge";
import type { Chart, Content, Flag, Trace } from "./message";
import { momentAt, placeOf } from "./moment";
import { type Over, spanOf } from "./over";
import { PanelHead } from "./panel_head";
import { Bands, depthUnder } from "./bands";
import { type Act, onClick } from "./clicks";
import { figureOf, savePng } from "./png";
import type { PlotlyElement } from "./plotly";
import { PlotlyDrawing } from "./plotly_drawing";
import { Scrubber } from "./scrubber";
import type { Steps } from "./steps";
import { rowsOf, type Rows, rowStops, stepStops, type Stops } from "./stops";
import { Wall } from "./wall";

export const SELDOM_MS = 500;

/** So far from a flag's line a click is still meant for it. */
const REACH_PX = 5;

export interface PanelEvents {
  /** Asks what can be done at flags: all of them under a button, or one under a point. */
  openFlags(where: HTMLElement): void;
  openFlag(flag: Flag, x: number, y: number): void;
  choose(chartId: string): void;
  enlarge(): void;
  /** How all charts over time are drawn. */
  over(over: Over): void;
  /** Draws what a hand has changed, without waiting for the news' turn. */
  follow(): void;
  /** Chooses the step of all charts over depth; null follows the newest. */
  goToStep(step: number | null): void;
  /** Which depth is under the pointer. */
  point(depth: number | null): void;
  /** Brings the block at a depth into sight. */
  seek(depth: number): void;
}

/** Where contents of findings are asked for. */
export interface Source {
  findings: Findings;
  address: string;
  steps: Steps;
}

export class Panel {
  readonly element: HTMLElement;
  private readonly head: PanelHead;
  private drawing: Drawing = new CurveDrawing(this.drawingEvents());
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
  private chart: Chart | null = null;
  /** The flags as they were told, by those that are drawn. */
  private declared = new Map<Flag, Flag>();
  /** What was drawn last, for a picture of it. */
  private last: { assembly: Assembly; visible: Trace[]; frame: Frame } | null = null;
  private choice: Choice = newChoice(null);
  private range: Range | null = null;
  /** The table whose rows are drawn one at a time, as it was drawn last. */
  private rows: Rows | null = null;
  private stops: Stops | null = null;
  private lit: readonly [number, number][] = [];
  private frame: Frame | null = null;
  /** The content drawn last, which stays while another one is under way. */
  private content: Content | null = null;
  private cameLast: Content | null = null;
  private drawnAt = -Infinity;

  constructor(private readonly events: PanelEvents) {
    this.head = new PanelHead({
      choose: (chartId) => events.choose(chartId),
      enlarge: () => events.enlarge(),
      toggleScale: () => this.toggleScale(),
      resetZoom: () => this.resetZoom(),
      openFlags: (where) => events.openFlags(where),
      over: (over) => events.over(over),
      csv: () => this.saveCsv(),
      png: (theme) => void this.savePng(theme),
    });
    const body = h("div", { class: "lv-body" }, this.drawing.element, this.bands.element, this.above, this.empty);
    this.element = h(
      "section",
      { class: "lv-panel" },
      this.head.element,
      body,
      this.legend,
      this.wall.element,
      this.scrubber.element,
    );
    this.above.addEventListener("click", () => this.toggleScale());
    body.addEventListener("pointermove", (event) => this.pointed(event));
    body.addEventListener("pointerleave", () => events.point(null));
    onClick(body, (event) => this.actAt(event));
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
      this.range = null;
      this.content = null;
      this.cameLast = null;
      this.chart = chart;
      this.replaceDrawing();
    }
    this.chart = chart;
    this.choice = choice;
    this.head.name(chart, charts);
    setAttribute(this.element, "data-chart", chart.id);
    setAttribute(this.element, "aria-label", chart.title);
  }

  /** Whether it should follow the news now; charts of a single step jump about, so they follow more seldom. */
  isDue(now: number): boolean {
    return this.chart === null || this.chart.x === "step" || now - this.drawnAt >= SELDOM_MS - 20;
  }

  /** Makes it due. */
  expire(): void {
    this.drawnAt = -Infinity;
  }

  draw(assembly: Assembly, source: Source, colours: Colours, font: string, isLarge: boolean, over: Over): void {
    const { chart, choice } = this;
    this.drawnAt = performance.now();
    const message = assembly.message;
    if (chart === null || message === null) return;
    const { steps } = source;
    this.rows = chart.every === null ? rowsOf(chart, assembly) : null;
    if (chart.every !== null) this.stops = stepStops(chart.every, message.last_step, steps);
    else this.stops = this.rows && rowStops(this.rows, choice.moment, assembly);
    const profile = chart.every === null ? null : steps.of(chart.id, chart.every);
    const content = this.contentOf(chart, source);
    const fills = chart.finding === null ? profile?.fills : fillsOf(content, choice.tile);
    const { traces, floor, isEmpty } = fillChart(chart, choice.scale, assembly, {
      moment: choice.moment,
      fills,
      over,
    });
    this.showWall(chart, content);
    this.head.update(chart, choice, {
      note: profile?.note ?? message.notes[chart.id] ?? "",
      numFlags: isOfCurves(chart) && !isEmpty ? message.flags.length : 0,
      over,
      isEmpty,
      isLarge,
    });
    this.say(this.wordsFor(chart, content, isEmpty));
    const isUnplaced =
      isEmpty && over.along !== "steps" && chart.x === "step" && !fillChart(chart, null, assembly).isEmpty;
    if (isUnplaced) this.say(NOT_KNOWN);
    this.last = null;
    const entries = entriesOf(traces);
    drawLegend(this.legend, isEmpty || entries.length < 2 ? [] : entries, choice.hidden, (key) => this.toggle(key));
    const hasStops = chart.every === null || !isEmpty || steps.chosen !== null;
    this.scrubber.show(hasStops ? this.stops : null, chart.title);
    const { clientWidth: width, clientHeight: height } = this.drawing.element;
    if (isEmpty || width < 40 || height < 40) {
      this.clear();
      this.sayAbove(null);
      return;
    }
    const visible = traces.filter((trace) => !choice.hidden.has(keyOf(trace)));
    const isLinear = choice.scale === "linear";
    const heights = heightsOf(visible);
    const beyond = isLinear ? above(heights, message.limits[chart.id]) : null;
    const limit = beyond === null ? undefined : message.limits[chart.id];
    this.range = choice.scale === null ? null : verticalRange(heights, choice.scale, this.range, limit);
    this.sayAbove(choice.zoom.y === null ? beyond : null);
    this.declared = placedFlags(message.flags, over.along, assembly);
    const isLog = over.isLog && isOfCurves(chart);
    const frame: Frame = {
      width,
      height,
      scale: choice.scale,
      zoom: choice.zoom,
      range: this.range,
      floor,
      over: { ...over, isLog },
      span: spanOf(traces, over.along === "steps" ? message.axis_end : roundEnd(traces), isLog),
      flags: [...this.declared.keys()],
      isLarge,
    };
    this.frame = frame;
    const labels = labelsOn(chart, frame);
    setStyle(this.above, "top", `${marginOf(chart, labels).t + 1}px`);
    this.last = { assembly, visible, frame };
    this.drawing.draw({ chart, traces, visible, frame, labels, colours, font });
    this.drawBands();
  }

  /** Lights blocks up from and to these depths. */
  light(stretches: readonly [number, number][]): void {
    this.lit = stretches;
    this.drawBands();
  }

  private drawBands(): void {
    this.bands.draw(this.plot, this.chart?.depth ?? null, this.lit);
  }

  private pointed(event: PointerEvent): void {
    const axis = this.chart?.depth ?? null;
    if (axis !== null && event.buttons === 0) this.events.point(depthUnder(this.plot, axis, event));
  }

  /** Forgets the drawing, so that the next one starts from nothing. */
  clear(): void {
    if (!this.drawing.isBegun) return;
    this.replaceDrawing();
    this.drawBands();
  }

  private replaceDrawing(): void {
    const before = this.drawing;
    const events = this.drawingEvents();
    this.drawing =
      this.chart !== null && !isOfCurves(this.chart) ? new PlotlyDrawing(events) : new CurveDrawing(events);
    before.end(this.drawing);
  }

  destroy(): void {
    this.drawing.end(null);
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
    const exact = findings.content(address, rows.table, finding);
    const last = findings.cameLast(rows.table);
    if (exact !== null) this.content = exact;
    else if (last !== this.cameLast) this.content = last;
    this.cameLast = last;
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

  /** In the place of a drawing. */
  private say(words: string | null): void {
    setText(this.empty, words ?? "");
    setHidden(this.empty, words === null);
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

  private goTo(at: number): void {
    if (this.isOfOneStep) {
      this.events.goToStep(this.stops === null || at >= this.stops.last ? null : at);
      return;
    }
    if (this.rows === null) return;
    this.choice.moment = momentAt(this.rows.table, this.rows.x, at);
    this.events.follow();
  }

  private drawingEvents(): DrawingEvents {
    return {
      begun: () => this.drawBands(),
      zoomed: (x, y) => {
        this.choice.zoom = { x: x ?? this.choice.zoom.x, y: y ?? this.choice.zoom.y };
        this.events.follow();
      },
      reset: () => this.resetZoom(),
      clicked: (place, event) => this.clicked(place, event),
      openFlag: (flag, x, y) => this.openFlag(flag, x, y),
    };
  }

  /** Of one that is placed along something else, the menu says what was told. */
  private openFlag(placed: Flag, x: number, y: number): void {
    const key = flagKey(placed);
    const told = [...this.declared].find(([each]) => flagKey(each) === key)?.[1];
    if (told !== undefined) this.events.openFlag(told, x, y);
  }

  /** Where Plotly draws, if it does. */
  private get plot(): PlotlyElement | null {
    return this.drawing instanceof PlotlyDrawing ? this.drawing.element : null;
  }

  /** What a click on a chart over depth does: it goes to the block in the tower; null if there is none. */
  private actAt(down: PointerEvent): Act | null {
    const axis = this.chart?.depth ?? null;
    const depth = axis === null ? null : depthUnder(this.plot, axis, down);
    return depth === null ? null : () => this.events.seek(depth);
  }

  /** Opens the flag whose line is near. */
  private clicked(place: number, { clientX, clientY }: MouseEvent): void {
    if (this.chart === null || this.frame === null) return;
    const { l, r } = sidesOf(this.chart);
    const flag = flagAt(this.frame, this.frame.width - l - r, place, REACH_PX);
    if (flag !== null) this.openFlag(flag, clientX, clientY);
  }

  private resetZoom(): void {
    this.choice.zoom = { x: null, y: null };
    this.range = null;
    this.events.follow();
  }

  private toggle(key: string): void {
    const { hidden } = this.choice;
    if (!hidden.delete(key)) hidden.add(key);
    this.range = null;
    this.events.follow();
  }

  private toggleScale(): void {
    this.choice.scale = this.choice.scale === "log" ? "linear" : "log";
    this.choice.zoom = { x: this.choice.zoom.x, y: null };
    this.range = null;
    this.events.follow();
  }
}
