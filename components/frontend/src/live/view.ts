/** Four panels that follow the messages. */

import { h, setAttribute, setStyle } from "../shared/dom";
import { ask } from "../shared/feed";
import type { Host, View } from "../shared/mount";
import { newNonce } from "../shared/nonce";
import { onSurroundings } from "../shared/place";
import { onPointed, Pointer, type Pointed, seek } from "../shared/pointed";
import type { Colours } from "../shared/theme";
import { Findings } from "./findings";
import { FlagMenu } from "./flag_menu";
import { Assembly } from "./merge";
import type { Message } from "./message";
import { USUAL } from "./over";
import { Pace } from "./pace";
import { type Choice, newChoice } from "./choice";
import { Panel, SELDOM_MS } from "./panel";
import { type Answer, type Profile, Steps } from "./steps";

export interface Data {
  /** Address of charts over depth at any step. */
  profiles: string;
  /** In pixels; null fills the window. */
  height: number | null;
  /** Pixels to leave free under the charts when they fill the window. */
  below: number;
  read_only: boolean;
  /** Where contents of findings are, beside the page. */
  findings: string;
}

const NUM_PANELS = 4;
const MIN_HEIGHT = 270;
/** After so long a frame goes to the screen, and what is left is drawn in the next one. */
const FRAME_MS = 6;

/** Set by a test or benchmark before the component mounts; it collects how long drawing took. See docs/charts.md. */
interface Hook {
  /** Milliseconds from the newest row's writing to the end of its drawing. */
  written_to_drawn: number[];
  /** Milliseconds of the main thread per chart drawn. */
  draw: number[];
}

export class LiveView implements View<Data> {
  private readonly assembly = new Assembly();
  private readonly element: HTMLElement;
  private readonly panels: Panel[];
  private readonly shown: string[] = [];
  private readonly flagMenu: FlagMenu;
  private readonly choices = new Map<string, Choice>();
  private readonly pace = new Pace();
  private readonly steps = new Steps(
    (chartId, step) => this.ask(chartId, step),
    (chartId) => this.followAll((panel) => panel.chartId === chartId),
  );
  private readonly pointer = new Pointer("charts");
  private readonly forgetPointed = onPointed((at) => this.light(at));
  private pointed: Pointed | null = null;
  private profiles = "";
  private readonly findings = new Findings(() => this.redrawAll());
  private findingsAddress = "";
  private readonly sizes: ResizeObserver;
  private forget: () => void;
  private readonly onVisible = () => this.redrawAll();
  private readonly onResize = () => this.fit();
  private fixedHeight: number | null = null;
  private below = 0;
  private large: Panel | null = null;
  private over = USUAL;
  private waiting: Panel[] = [];
  private timer = 0;
  private frame = 0;
  private readonly followFrames = new Map<Panel, number>();
  private round = { begun: 0, cost: 0, writtenAt: 0 };
  private timedAt = 0;
  private isOneLate = false;

  constructor(private readonly host: Host) {
    this.panels = Array.from({ length: NUM_PANELS }, (_, place) => this.makePanel(place));
    this.element = h("div", { class: "lv-grid", onkeydown: (event: KeyboardEvent) => this.key(event) });
    this.element.append(...this.panels.map((panel) => panel.element));
    this.flagMenu = new FlagMenu((action) => host.trigger("action", { ...action, nonce: newNonce() }));
    host.root.append(this.element, this.flagMenu.element);
    this.sizes = new ResizeObserver(() => this.redrawAll());
    this.sizes.observe(this.element);
    this.forget = onSurroundings(host.root, this.onResize);
    document.addEventListener("visibilitychange", this.onVisible);
    window.addEventListener("resize", this.onResize);
  }

  update({ profiles, findings, height, below, read_only }: Data): void {
    if (profiles !== this.profiles) this.steps.forget();
    this.profiles = profiles;
    this.findingsAddress = findings;
    this.flagMenu.lock(read_only);
    this.fixedHeight = height;
    this.below = below;
    this.fit();
  }

  news(message: Message | null): boolean {
    if (message === null) return true;
    if (!this.assembly.apply(message)) return false;
    if (message.full) {
      this.arrange();
      this.steps.renew();
      this.light(this.pointed);
    }
    this.flagMenu.show(message.flags);
    this.redraw();
    return true;
  }

  /** Down to what stands below, unless the page says how high. */
  private fit(): void {
    const top = this.element.getBoundingClientRect().top + window.scrollY;
    const free = Math.round(window.innerHeight - top - this.below);
    setStyle(this.element, "height", `${this.fixedHeight ?? Math.max(MIN_HEIGHT, free)}px`);
  }

  recolour(_colours: Colours): void {
    this.redrawAll();
  }

  back(): void {
    this.forget();
    this.forget = onSurroundings(this.host.root, this.onResize);
    this.fit();
  }

  destroy(): void {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    for (const frame of this.followFrames.values()) cancelAnimationFrame(frame);
    this.forgetPointed();
    this.pointer.point(null);
    this.sizes.disconnect();
    this.forget();
    document.removeEventListener("visibilitychange", this.onVisible);
    window.removeEventListener("resize", this.onResize);
    this.findings.destroy();
    for (const panel of this.panels) panel.destroy();
    this.flagMenu.element.remove();
    this.element.remove();
  }

  private makePanel(place: number): Panel {
    const panel: Panel = new Panel({
      choose: (chartId) => this.choose(place, chartId),
      over: (over) => {
        const isAxisKept = over.along === this.over.along && over.isLog === this.over.isLog;
        this.over = over;
        if (!isAxisKept) for (const choice of this.choices.values()) choice.zoom = { x: null, y: choice.zoom.y };
        this.followAll(() => true);
      },
      enlarge: () => this.enlarge(this.large === panel ? null : panel),
      openFlags: (where) => this.flagMenu.openAll(where),
      openFlag: (flag, x, y) => this.flagMenu.openOne(flag, x, y),
      follow: () => this.followAll((each) => each === panel),
      goToStep: (step) => {
        this.steps.chosen = step;
        this.followAll((each) => each.isOfOneStep);
      },
      point: (depth) => this.pointer.point(depth === null ? null : this.assembly.blocks.at(depth)),
      seek: (depth) => {
        const at = this.assembly.blocks.at(depth);
        if (at !== null) seek(at);
      },
    });
    return panel;
  }

  /** Draws at once what a hand has changed, those panels of them that are seen. */
  private followAll(isMoved: (panel: Panel) => boolean): void {
    for (const panel of this.panels.filter(isMoved)) {
      if (this.large !== null && panel !== this.large) continue;
      cancelAnimationFrame(this.followFrames.get(panel) ?? 0);
      this.followFrames.set(
        panel,
        requestAnimationFrame(() => this.drawPanel(panel)),
      );
    }
  }

  private async ask(chartId: string, step: number): Promise<Answer> {
    const { profiles } = this;
    const { found, seconds } = await ask(`${profiles}&chart=${chartId}&step=${step}`);
    if (profiles !== this.profiles) throw new Error("Other runs are shown by now.");
    return { profile: found as Profile | null, waitMs: 1000 * seconds };
  }

  private light(at: Pointed | null): void {
    this.pointed = at;
    const stretches = this.assembly.blocks.stretches(at);
    for (const panel of this.panels) panel.light(stretches);
  }

  private arrange(): void {
    const { charts } = this.assembly;
    for (const chart of charts) {
      if (!this.choices.has(chart.id)) this.choices.set(chart.id, newChoice(chart.scale));
    }
    this.panels.forEach((panel, place) => {
      const chart = charts.find((each) => each.id === this.shown[place]) ?? charts[place];
      if (chart === undefined) return;
      this.shown[place] = chart.id;
      panel.show(chart, this.choices.get(chart.id)!, charts);
    });
  }

  /** A chart that another panel shows changes places with the one chosen away. */
  private choose(place: number, chartId: string): void {
    const other = this.shown.indexOf(chartId);
    if (other >= 0) this.shown[other] = this.shown[place]!;
    this.shown[place] = chartId;
    this.arrange();
    this.followAll((panel) => panel === this.panels[place] || panel === this.panels[other]);
  }

  private enlarge(panel: Panel | null): void {
    this.large = panel;
    setAttribute(this.element, "data-large", panel !== null);
    for (const each of this.panels) setAttribute(each.element, "data-large", each === panel);
    this.followAll(() => true);
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.large === null) return;
    event.stopPropagation();
    this.enlarge(null);
  }

  /** For a change that is not news: no chart may wait its turn. */
  private redrawAll(): void {
    for (const panel of this.panels) panel.expire();
    this.redraw();
  }

  private redraw(): void {
    if (document.hidden || this.assembly.message === null) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.begin(), this.waiting.length > 0 ? 0 : this.pace.wait(performance.now()));
  }

  private begin(): void {
    const isUnderWay = this.waiting.length > 0;
    const now = performance.now();
    const visible = this.large === null ? this.panels : [this.large];
    this.waiting = visible.filter((panel) => panel.isDue(now));
    this.isOneLate = this.waiting.length < visible.length;
    this.round = { begun: now, cost: 0, writtenAt: this.assembly.message?.written_at ?? 0 };
    if (!isUnderWay) this.frame = requestAnimationFrame(() => this.drawNext());
  }

  /** As many charts as a frame has room for, so that none of the editor waits for all of them. */
  private drawNext(): void {
    for (let cost = 0; cost < FRAME_MS && this.waiting.length > 0;) {
      const drawn = this.drawPanel(this.waiting.shift()!);
      cost += drawn;
      this.round.cost += drawn;
    }
    if (this.waiting.length > 0) this.frame = requestAnimationFrame(() => this.drawNext());
    else this.finish();
  }

  /** Milliseconds that it took. */
  private drawPanel(panel: Panel): number {
    const begun = performance.now();
    const font = getComputedStyle(this.element).fontFamily;
    const source = { findings: this.findings, address: this.findingsAddress, steps: this.steps };
    panel.draw(this.assembly, source, this.host.colours, font, panel === this.large, this.over);
    const cost = performance.now() - begun;
    hook()?.draw.push(cost);
    return cost;
  }

  private finish(): void {
    this.pace.took(this.round.begun, this.round.cost);
    if (this.round.writtenAt > this.timedAt) {
      this.timedAt = this.round.writtenAt;
      hook()?.written_to_drawn.push(Date.now() - this.round.writtenAt);
    }
    if (this.isOneLate) {
      this.isOneLate = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.begin(), SELDOM_MS);
    }
  }
}

function hook(): Hook | undefined {
  return (window as { __highrise_live?: Hook }).__highrise_live;
}
