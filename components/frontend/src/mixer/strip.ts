/** One group: slider, numbers, halve and double, solo, freeze, and meters of what the group does at this step. */

import { h, setAttribute, setStyle, setText, svg } from "../shared/dom";
import { GRADIENT, Level, UPDATE } from "./level";
import { countText, DECAY, meterText, RATE, scaled } from "./rate";
import { RateField } from "./rate_field";
import { Slider } from "./slider";
import type { Group, Now, Setting } from "./types";

export interface Surroundings {
  running: boolean;
  readOnly: boolean;
  solo: string | null;
  /** Why the group cannot be frozen, or solo; empty if it can. */
  whyNotFreeze: string;
  whyNotSolo: string;
}

export interface StripEvents {
  change(changes: Partial<Setting>): void;
  solo(value: boolean): void;
}

/** How long an answer to a press on a control that is off stands. */
const ANSWER_MS = 5000;
const SOLO_NEEDS_RUN = "Solo is for a run that trains: it freezes all other groups until you end it.";
const GRADIENT_TITLE =
  "Gradient per parameter: root mean square over the group at the newest step, before clipping; from 1e-8 to 1";
const UPDATE_TITLE =
  "Update ratio ‖Δw‖ / ‖w‖, measured at every 10th step; from 1e-6 to 1. Marked is the useful range around 1e-3: much " +
  "more is restless, much less hardly learns (Stanford CS231n notes)";

let numStrips = 0;

export class Strip {
  readonly element: HTMLElement;
  private readonly name = h("span", { class: "mx-name-text" });
  private readonly dot = h("span", { class: "mx-dot" });
  private readonly slider: Slider;
  private readonly field: RateField;
  private readonly decay: RateField;
  private readonly half: HTMLButtonElement;
  private readonly double: HTMLButtonElement;
  private readonly solo: HTMLButtonElement;
  private readonly freeze: HTMLButtonElement;
  private readonly now = h("b");
  private readonly gradient = new Level("grad", GRADIENT_TITLE, GRADIENT);
  private readonly update = new Level("Δw/w", UPDATE_TITLE, UPDATE);
  private readonly message: HTMLElement;
  private readonly side: HTMLElement;
  private setting: Setting = { learning_rate: 0, weight_decay: 0, frozen: false };
  private where: Surroundings = { running: false, readOnly: false, solo: null, whyNotFreeze: "", whyNotSolo: "" };
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly title: string,
    private readonly events: StripEvents,
  ) {
    const setRate = (rate: number) => {
      this.field.reset();
      events.change({ learning_rate: rate });
    };
    const messageId = `mx-message-${numStrips++}`;
    this.message = h("div", { class: "mx-message", id: messageId, role: "status" });
    this.slider = new Slider(title, setRate);
    const complain = (problem: string) => this.say(problem);
    this.field = new RateField(RATE, title, messageId, (rate) => events.change({ learning_rate: rate }), complain);
    this.decay = new RateField(DECAY, title, messageId, (decay) => events.change({ weight_decay: decay }), complain);
    this.half = factorButton("½", `Halve the learning rate of ${title}`, () =>
      setRate(scaled(this.setting.learning_rate, 0.5)),
    );
    this.double = factorButton("×2", `Double the learning rate of ${title}`, () =>
      setRate(scaled(this.setting.learning_rate, 2)),
    );
    this.solo = h("button", { type: "button", class: "mx-toggle", onclick: () => this.pressSolo() }, "S");
    setAttribute(this.solo, "aria-label", `Solo ${title}`);
    this.freeze = h("button", { type: "button", class: "mx-toggle", onclick: () => this.pressFreeze() }, snowflake());
    setAttribute(this.freeze, "aria-label", `Freeze ${title}`);
    const meters = h(
      "div",
      { class: "mx-meters" },
      h(
        "div",
        { class: "mx-words", title: "Learning rate at the newest step, after the schedule" },
        h("span", {}, "rate"),
        this.now,
      ),
      this.gradient.element,
      this.update.element,
    );
    this.side = h(
      "div",
      { class: "mx-side" },
      this.field.element,
      h("div", { class: "mx-factors" }, this.half, this.double),
      meters,
      this.message,
      h(
        "label",
        { class: "mx-words mx-decay", title: "Weight decay: pull of the weights towards zero at each step" },
        h("span", { class: "mx-wide" }, "decay"),
        h("span", { class: "mx-narrow" }, "wd"),
        this.decay.element,
      ),
    );
    this.element = h(
      "div",
      { class: "mx-strip", role: "group", "aria-label": title },
      h("div", { class: "mx-name" }, this.dot, this.name, this.solo, this.freeze),
      h("div", { class: "mx-body" }, this.slider.element, this.side),
    );
    setText(this.name, title);
  }

  show(group: Group, now: Now, setting: Setting, where: Surroundings): void {
    this.setting = setting;
    this.where = where;
    const { readOnly, solo } = where;
    const isSolo = solo === this.title;
    const rests = setting.frozen || (solo !== null && !isSolo);
    setStyle(this.element, "--group", group.colour);
    setAttribute(this.element, "data-frozen", rests);
    setAttribute(this.name, "title", `${this.title}: ${countText(group.num_parameters)} parameters`);
    this.slider.show(setting.learning_rate, now.learning_rate ?? null, readOnly);
    this.field.show(setting.learning_rate, readOnly);
    this.decay.show(setting.weight_decay, readOnly);
    setAttribute(this.half, "disabled", readOnly);
    setAttribute(this.double, "disabled", readOnly);
    setAttribute(this.freeze, "aria-pressed", String(setting.frozen));
    setAttribute(this.freeze, "aria-disabled", readOnly ? "true" : null);
    setAttribute(this.freeze, "title", freezeTitle(setting.frozen, where));
    setAttribute(this.solo, "aria-pressed", String(isSolo));
    setAttribute(this.solo, "aria-disabled", readOnly || !where.running ? "true" : null);
    setAttribute(this.solo, "title", soloTitle(isSolo, where));
    setText(this.now, meterText(now.learning_rate ?? null));
    this.gradient.show(rests ? null : (now.grad_rms ?? null), rests ? "frozen" : "");
    this.update.show(rests ? null : (now.update_ratio ?? null));
  }

  /** Forgets texts that were not taken: the settings are another document's. */
  reset(): void {
    this.field.reset();
    this.decay.reset();
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.slider.destroy();
    this.element.remove();
  }

  private pressFreeze(): void {
    const { readOnly, running, whyNotFreeze } = this.where;
    if (readOnly) return;
    if (running && !this.setting.frozen && whyNotFreeze !== "") this.answer(whyNotFreeze);
    else this.events.change({ frozen: !this.setting.frozen });
  }

  private pressSolo(): void {
    const { readOnly, running, solo, whyNotSolo } = this.where;
    if (readOnly) return;
    if (!running) this.answer(SOLO_NEEDS_RUN);
    else if (solo !== this.title && whyNotSolo !== "") this.answer(whyNotSolo);
    else this.events.solo(solo !== this.title);
  }

  private answer(text: string): void {
    this.say(text);
    setAttribute(this.message, "data-kind", "answer");
    this.timer = setTimeout(() => this.say(""), ANSWER_MS);
  }

  private say(text: string): void {
    clearTimeout(this.timer);
    setAttribute(this.message, "data-kind", text === "" ? null : "problem");
    setText(this.message, text);
    setAttribute(this.side, "data-message", text !== "");
  }
}

function freezeTitle(frozen: boolean, { running, readOnly }: Surroundings): string {
  const state = frozen
    ? "Frozen: neither gradient, momentum nor weight decay moves these parameters."
    : "Not frozen: these parameters learn.";
  if (readOnly) return state;
  return `${state} Press to change that ${running ? "from the next step on" : "for the next run"}.`;
}

function soloTitle(isSolo: boolean, { running, readOnly }: Surroundings): string {
  const state = isSolo ? "Solo: all other groups are frozen." : "Solo freezes all other groups until you end it.";
  if (readOnly) return state;
  return running ? `${state} Press to ${isSolo ? "let the others learn again" : "begin"}.` : SOLO_NEEDS_RUN;
}

function factorButton(label: string, title: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", title, "aria-label": title, onclick }, label);
}

function snowflake(): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", {
      d: "M8 1.5v13M2.4 4.75l11.2 6.5M13.6 4.75 2.4 11.25M6.2 2.6 8 4.2l1.8-1.6M6.2 13.4 8 11.8l1.8 1.6M2.2 7 4.5 6.2 4 3.8M13.8 9l-2.3.8.5 2.4M13.8 7l-2.3-.8.5-2.4M2.2 9l2.3.8-.5 2.4",
    }),
  );
}
