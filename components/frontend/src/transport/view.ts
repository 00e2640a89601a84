/** The top bar: experiment on the left, training on the right. */

import { h, setAttribute, setText } from "../shared/dom";
import type { Host, View } from "../shared/mount";
import { newNonce } from "../shared/nonce";
import { EDIT_SENT } from "../shared/order";
import { type Control, type MainControl, controls } from "./controls";
import { type IconName, drawIcon, icon } from "./icons";
import { ExperimentName } from "./name";
import { NoticeBox } from "./notice";
import { Outbox } from "../shared/outbox";
import { PATIENCE_MS, Pending } from "../shared/pending";
import { Tip } from "../shared/popup";
import { Select } from "./select";
import { StatusCell } from "./status_cell";
import { TabTitle, titleOf } from "./tab_title";
import type { ActionKind, Run, RunNews, Send, TransportData } from "./types";

const PACES = [1, 5, 20, 50, 100, 500];
const UNLIMITED = "unlimited";
const AFTER_STEP_MS = 2000;

type Message = { kind: ActionKind; nonce: string } & Record<string, unknown>;

export class TransportView implements View<TransportData> {
  private readonly outbox: Outbox<Message>;
  private readonly pending = new Pending();
  private readonly tabTitle = new TabTitle();
  private readonly name: ExperimentName;
  private readonly notice: NoticeBox;
  private readonly status = new StatusCell();
  private readonly undo = this.button("undo", "Undo", "Undo the last edit", () => this.send("undo"));
  private readonly redo = this.button("redo", "Redo", "Redo what was undone", () => this.send("redo"));
  private readonly presets = this.button("presets", "Presets", "Open a ready-made experiment", () =>
    this.send("presets"),
  );
  private readonly share = this.button("share", "Share", "Link and file of this experiment", () => this.send("share"));
  private readonly race = this.button("race", "Race", "Train twins of this tower with one thing changed", () =>
    this.send("race"),
  );
  private readonly step = this.button("step", "Step", "", () => this.pressStep());
  private readonly stop = this.button("stop", "Stop", "", () => this.press("stop", "stop"));
  private readonly restart = this.button("restart", "Reset", "", () => this.press("restart", "restart"));
  private readonly mainIcon = icon("play");
  private readonly mainLabel = h("span", { class: "tp-label" });
  private readonly main: HTMLButtonElement;
  private readonly mainTip: Tip;
  private readonly device: Select;
  private readonly pace: Select;
  private readonly bar: HTMLElement;
  private readonly onKey = (event: KeyboardEvent) => this.key(event);
  private readonly onEditSent = () => this.outbox.holdBack();
  /** Back and Forward of the browser; what the page itself writes into the address gives no such event. */
  private readonly onNavigate = () => this.send("navigate", { query: window.location.search });
  private data: TransportData | null = null;
  private told: Run | null = null;
  private movedTo = "";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private steppedAt = -Infinity;

  /** The tab's title says how far the run is, from behind other tabs too. */
  readonly isAwake = true;

  constructor(private readonly host: Host) {
    this.outbox = new Outbox((message) => host.trigger("action", message));
    const send: Send = (kind, payload) => this.send(kind, payload);
    this.name = new ExperimentName(send);
    this.notice = new NoticeBox(send);
    this.device = new Select("Device", (device) => send("set_device", { device }), "tp-device");
    this.pace = new Select("Pace", (value) => send("set_pace", { steps_per_second: paceOf(value) }), "tp-pace");
    const tip = h("div", { class: "tp-popover tp-tip", id: "tp-why", role: "tooltip" });
    this.main = h(
      "button",
      { type: "button", class: "tp-main hr-primary", onclick: (event: MouseEvent) => this.clickMain(event) },
      this.mainIcon,
      this.mainLabel,
    );
    this.mainTip = new Tip(this.main, tip);
    const left = h(
      "div",
      { class: "tp-side" },
      h("span", { class: "tp-wordmark", title: "Highrise: stack blocks, train live, see what depth does" }, "Highrise"),
      this.name.element,
      h("div", { class: "tp-edit tp-side" }, this.undo, this.redo, this.presets, this.share),
    );
    const right = h(
      "div",
      { class: "tp-side tp-train", role: "group", "aria-label": "Training" },
      this.device.element,
      this.main,
      this.race,
      this.step,
      this.stop,
      this.restart,
      this.pace.element,
    );
    this.bar = h("div", { class: "tp-bar" }, left, right, this.status.element, tip, this.notice.element);
    host.root.classList.add("tp-root");
    host.root.append(this.bar);
    document.addEventListener("keydown", this.onKey);
    window.addEventListener(EDIT_SENT, this.onEditSent);
    window.addEventListener("popstate", this.onNavigate);
  }

  update(data: TransportData): void {
    this.data = { ...data, run: this.newest(data.run) };
    this.name.update(data.experiment.name, data.read_only);
    this.notice.update(data.notice);
    this.draw();
  }

  news(news: RunNews | null): void {
    this.told = news && { ...news.run, at: news.at };
    const { data } = this;
    if (data === null) return;
    const before = data.run;
    this.data = { ...data, run: this.newest(before) };
    this.draw();
    this.reportMove(before);
  }

  /** Of what the page and the feed say of a run, what is newer. */
  private newest(run: Run | null): Run | null {
    const { told } = this;
    return run !== null && told !== null && told.id === run.id && told.at > run.at ? told : run;
  }

  /** What else depends on a run's status, the page must draw. */
  private reportMove(before: Run | null): void {
    const run = this.data?.run ?? null;
    if (run === null || run.status === before?.status) return;
    const move = `${run.id} ${run.status} ${run.at}`;
    if (move === this.movedTo) return;
    this.movedTo = move;
    this.host.trigger("moved", move);
  }

  left(): void {
    document.removeEventListener("keydown", this.onKey);
    window.removeEventListener(EDIT_SENT, this.onEditSent);
    window.removeEventListener("popstate", this.onNavigate);
    this.outbox.flush();
    this.tabTitle.restore();
  }

  back(): void {
    document.addEventListener("keydown", this.onKey);
    window.addEventListener(EDIT_SENT, this.onEditSent);
    window.addEventListener("popstate", this.onNavigate);
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.name.destroy();
    this.notice.destroy();
    this.bar.remove();
  }

  private draw(): void {
    const { data } = this;
    if (data === null) return;
    this.tabTitle.set(titleOf(data.experiment.name, data.run));
    setAttribute(this.bar, "data-read-only", data.read_only);
    setAttribute(this.undo, "disabled", !data.can_undo);
    setAttribute(this.redo, "disabled", !data.can_redo);
    const state = controls(data);
    this.drawMain(state.main);
    this.drawControl(this.step, "step", state.step);
    setText(this.step.querySelector(".tp-label")!, state.step.label);
    setAttribute(this.step, "aria-label", state.step.label);
    drawIcon(this.step.querySelector<SVGSVGElement>(".tp-icon")!, state.step.action);
    this.drawControl(this.stop, "stop", state.stop);
    this.drawControl(this.restart, "restart", state.restart);
    const device = data.devices.find((each) => each.id === data.device);
    this.device.update(
      data.devices.map((each) => ({
        value: each.id,
        title: each.title,
        text: each.note ? `${each.title} · ${each.note}` : each.title,
      })),
      data.device ?? "",
      ["Device of the next run", device?.note].filter(Boolean).join(" · "),
      data.devices.length === 0,
    );
    this.pace.update(paceOptions(data.pace), paceValue(data.pace), "Pace: most steps per second, to watch small data");
    this.status.update(data);
  }

  private drawMain(control: MainControl): void {
    const waits = this.isWaiting("main");
    drawIcon(this.mainIcon, waits ? "wait" : control.icon);
    setText(this.mainLabel, control.label);
    setAttribute(this.main, "data-waits", waits || control.icon === "wait");
    setAttribute(this.main, "aria-busy", waits ? "true" : null);
    // Not `disabled`: its reason must be there for hover, focus and touch.
    setAttribute(this.main, "aria-disabled", control.enabled ? null : "true");
    setAttribute(this.main, "aria-describedby", control.enabled ? null : "tp-why");
    setAttribute(this.main, "title", control.enabled ? control.title : null);
    this.mainTip.say(control.enabled ? "" : control.title);
  }

  private drawControl(button: HTMLButtonElement, name: string, control: Control): void {
    const waits = this.isWaiting(name);
    setAttribute(button, "data-waits", waits);
    setAttribute(button, "aria-busy", waits ? "true" : null);
    setAttribute(button, "disabled", !control.enabled);
    setAttribute(button, "title", control.title);
  }

  private isWaiting(name: string): boolean {
    return this.pending.waits(name, this.serverState(name), performance.now());
  }

  /** What the server's answer to a press of this control would change. */
  private serverState(name: string): string {
    const run = this.data?.run;
    const parts: unknown[] = [run?.id, run?.status, this.data?.notice?.id];
    if (name === "step") parts.push(run?.step);
    return JSON.stringify(parts);
  }

  private clickMain(event: MouseEvent): void {
    // The second click of a double click may already meet the next state of the button.
    if (event.detail <= 1) this.pressMain();
  }

  private pressMain(): void {
    if (this.data === null) return;
    const { main } = controls(this.data);
    if (main.enabled) this.press("main", main.action);
  }

  private pressStep(): void {
    if (this.data === null) return;
    const { action } = controls(this.data).step;
    const now = performance.now();
    // Whoever steps through a run's last steps does not mean to train on when the button's meaning changes under the hand.
    if (action === "go_on" && now - this.steppedAt < AFTER_STEP_MS) return;
    if (action === "step") this.steppedAt = now;
    this.press("step", action);
  }

  private press(name: string, kind: ActionKind): void {
    const now = performance.now();
    const state = this.serverState(name);
    // Each click on Step is a step; of everything else a second click means nothing more.
    if (this.data?.read_only || (kind !== "step" && !this.pending.accepts(name, state, now))) return;
    this.pending.press(name, state, now);
    this.send(kind);
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), PATIENCE_MS + 20);
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat || event.defaultPrevented) return;
    if (this.data === null || this.data.read_only) return;
    event.preventDefault();
    this.pressMain();
  }

  private send(kind: ActionKind, payload: Record<string, unknown> = {}): void {
    this.outbox.push({ ...payload, kind, nonce: newNonce() });
  }

  private button(name: IconName, label: string, title: string, onclick: () => void): HTMLButtonElement {
    const text = h("span", { class: "tp-label" }, label);
    return h(
      "button",
      { type: "button", class: `tp-button tp-${name}`, title, "aria-label": label, onclick },
      icon(name),
      text,
    );
  }
}

function paceOptions(pace: number | null): { value: string; title: string; text: string }[] {
  const paces = pace === null || PACES.includes(pace) ? PACES : [...PACES, pace].sort((a, b) => a - b);
  return [
    { value: UNLIMITED, title: UNLIMITED, text: "unlimited" },
    ...paces.map((each) => ({ value: String(each), title: `${each} /s`, text: `${each} steps/s` })),
  ];
}

function paceValue(pace: number | null): string {
  return pace === null ? UNLIMITED : String(pace);
}

function paceOf(value: string): number | null {
  return value === UNLIMITED ? null : Number(value);
}
