/** The mixer: a fader for all groups, and a strip per group, in order. */

import { h, place, setAttribute, setStyle, setText } from "../shared/dom";
import type { Host, View } from "../shared/mount";
import { newNonce } from "../shared/nonce";
import { Choice } from "../shared/pending";
import { Fader } from "./fader";
import { learning, whyNotFreeze, whyNotSolo } from "./learning";
import { Ownership } from "./ownership";
import { Strip } from "./strip";
import { Throttle } from "../shared/throttle";
import type { GroupNews, MixerData, Now, Setting } from "./types";

/** Ten edits a second: each is one run of the server's script. */
const SEND_MS = 100;
/** What begins or ends whatever a hand does. */
const RESTS = ["pointerdown", "pointerup", "pointercancel", "keydown", "keyup", "focusout"] as const;
/** From here on strips are narrow. */
const MANY = 4;

export class MixerView implements View<MixerData> {
  private readonly owner = new Ownership();
  private readonly strips = new Map<string, Strip>();
  private readonly hint = h("span", { class: "mx-hint" });
  private readonly row = h("div", { class: "mx-row" });
  private readonly empty = h("div", { class: "mx-empty" }, "No parameter groups yet: a tower with parameters has one.");
  private readonly panel: HTMLElement;
  private readonly sending: Throttle;
  private data: MixerData | null = null;
  private now: Record<string, Now> = {};
  private readonly fader: Fader;
  private readonly solo = new Choice<string | null>();
  private soloNow: string | null = null;
  private readonly onRest = (event: Event) => {
    // A key that is held is one gesture.
    if (event instanceof KeyboardEvent && event.repeat) return;
    this.owner.rest();
  };

  constructor(private readonly host: Host) {
    this.sending = new Throttle(() => host.setState("edit", this.owner.edit()), SEND_MS);
    const heading = h(
      "span",
      {
        class: "hr-heading",
        title:
          "How each parameter group learns: rate, weight decay, frozen or not. A change applies to the very next step of " +
          "the running run, drops a flag on the charts, and has a checkpoint before it to go back to.",
      },
      "Group mixer",
    );
    this.fader = new Fader(
      () => this.data?.groups.map(({ name }) => ({ name, rate: this.owner.of(name).learning_rate })) ?? [],
      (rates) => {
        const changes = rates.map(({ name, rate }) => [name, { learning_rate: rate }] as const);
        this.change(Object.fromEntries(changes), "all groups");
      },
    );
    this.panel = h(
      "section",
      { class: "hr-panel mx-panel" },
      h("div", { class: "mx-head" }, heading, this.hint),
      this.row,
    );
    host.root.append(this.panel);
    for (const name of RESTS) window.addEventListener(name, this.onRest, { capture: true });
  }

  update(data: MixerData): void {
    const before = this.data;
    // What a hand changed last belongs to the epoch in which it did: the server takes it beside what came meanwhile.
    if (before !== null && data.epoch !== before.epoch) this.sending.flush();
    // A document gets its name with its first edit.
    const isOther = before !== null && before.document !== "" && data.document !== before.document;
    this.data = data;
    this.owner.receive(data);
    setStyle(this.panel, "height", `${data.height}px`);
    setText(this.hint, data.hint);
    setAttribute(this.hint, "title", data.hint || null);
    setAttribute(this.row, "data-many", data.groups.length >= MANY);
    const names = new Set(data.groups.map((group) => group.name));
    for (const [name, strip] of this.strips) {
      if (names.has(name)) continue;
      strip.destroy();
      this.strips.delete(name);
    }
    const wanted = [...names].map((name) => this.strip(name).element);
    place(this.row, wanted.length > 1 ? [this.fader.element, ...wanted] : wanted.length > 0 ? wanted : [this.empty]);
    if (isOther) for (const strip of this.strips.values()) strip.reset();
    this.draw();
  }

  news(news: GroupNews | null): void {
    this.now = news?.groups ?? {};
    this.soloNow = news?.solo ?? null;
    this.draw();
  }

  left(): void {
    this.sending.flush();
  }

  destroy(): void {
    for (const name of RESTS) window.removeEventListener(name, this.onRest, { capture: true });
    for (const strip of this.strips.values()) strip.destroy();
    this.fader.destroy();
    this.panel.remove();
  }

  private strip(name: string): Strip {
    let strip = this.strips.get(name);
    if (strip === undefined) {
      strip = new Strip(name, {
        change: (changes) => this.change(Object.fromEntries([[name, changes]]), name),
        solo: (value) => this.setSolo(name, value),
      });
      this.strips.set(name, strip);
    }
    return strip;
  }

  private change(changes: Record<string, Partial<Setting>>, place: string): void {
    if (this.data === null || this.data.read_only || !this.owner.change(changes, place)) return;
    this.draw();
    this.sending.request();
  }

  private setSolo(group: string, value: boolean): void {
    // What was set before it must come before it.
    this.sending.flush();
    this.solo.choose(value ? group : null, Date.now());
    this.host.trigger("action", { kind: "solo", group, value, nonce: newNonce() });
    this.draw();
  }

  private draw(): void {
    const { data } = this;
    if (data === null) return;
    const solo = data.running || data.read_only ? this.solo.current(this.soloNow, Date.now()) : null;
    const learns = learning(data.groups, (name) => this.owner.of(name), solo);
    for (const group of data.groups) {
      const setting = this.owner.of(group.name);
      this.strips.get(group.name)?.show(group, this.now[group.name] ?? {}, setting, {
        running: data.running,
        readOnly: data.read_only,
        solo,
        whyNotFreeze: whyNotFreeze(group.name, learns, solo),
        whyNotSolo: whyNotSolo(group, setting),
      });
    }
    this.fader.show(data.read_only);
  }
}
