/** The mixer: a strip per group, in order. */

import { h, place, setAttribute, setStyle, setText } from "../shared/dom";
import type { Host, View } from "../shared/mount";
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
  private readonly onRest = (event: Event) => {
    // A key that is held is one gesture.
    if (event instanceof KeyboardEvent && event.repeat) return;
    this.owner.rest();
  };

  constructor(host: Host) {
    this.sending = new Throttle(() => host.setState("edit", this.owner.edit()), SEND_MS);
    const heading = h(
      "span",
      { class: "hr-heading", title: "One learning rate per parameter group; a change applies to the very next step." },
      "Learning rates",
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
    const isOther = this.data !== null && data.epoch !== this.data.epoch;
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
    place(this.row, wanted.length > 0 ? wanted : [this.empty]);
    if (isOther) for (const strip of this.strips.values()) strip.reset();
    this.draw();
  }

  news(news: GroupNews | null): void {
    this.now = news?.groups ?? {};
    this.draw();
  }

  left(): void {
    this.sending.flush();
  }

  destroy(): void {
    for (const name of RESTS) window.removeEventListener(name, this.onRest, { capture: true });
    for (const strip of this.strips.values()) strip.destroy();
    this.panel.remove();
  }

  private strip(name: string): Strip {
    let strip = this.strips.get(name);
    if (strip === undefined) {
      strip = new Strip(name, (changes) => this.change(name, changes));
      this.strips.set(name, strip);
    }
    return strip;
  }

  private change(name: string, changes: Partial<Setting>): void {
    if (this.data === null || this.data.read_only || !this.owner.change(name, changes)) return;
    this.draw();
    this.sending.request();
  }

  private draw(): void {
    if (this.data === null) return;
    const where = { running: this.data.running, readOnly: this.data.read_only };
    for (const group of this.data.groups) {
      this.strips.get(group.name)?.show(group, this.now[group.name] ?? {}, this.owner.of(group.name), where);
    }
  }
}
