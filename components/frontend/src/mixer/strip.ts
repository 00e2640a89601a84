/** One group: slider, number, halve and double, freeze, and what the group does at this step. */

import { h, setAttribute, setStyle, setText, svg } from "../shared/dom";
import { countText, meterText, scaled } from "./rate";
import { RateField } from "./rate_field";
import { Slider } from "./slider";
import type { Group, Now, Setting } from "./types";

export interface Surroundings {
  running: boolean;
  readOnly: boolean;
}

/** How long an answer to a press on a control that is off stands. */
const ANSWER_MS = 5000;
const FREEZE_IS_OFF = "Freezing is for the next run. For now, set the rate to 0.";

let numStrips = 0;

export class Strip {
  readonly element: HTMLElement;
  private readonly name = h("span", { class: "mx-name-text" });
  private readonly dot = h("span", { class: "mx-dot" });
  private readonly slider: Slider;
  private readonly field: RateField;
  private readonly half: HTMLButtonElement;
  private readonly double: HTMLButtonElement;
  private readonly freeze: HTMLButtonElement;
  private readonly count = h("b");
  private readonly countRow = h("div", {}, this.count, h("span", { class: "mx-unit" }, " params"));
  private readonly decay = h("div", { class: "mx-decay" });
  private readonly now = h("b");
  private readonly norm = h("b");
  private readonly message: HTMLElement;
  private readonly side: HTMLElement;
  private setting: Setting = { learning_rate: 0, frozen: false };
  private where: Surroundings = { running: false, readOnly: false };
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string, change: (changes: Partial<Setting>) => void) {
    const setRate = (rate: number) => {
      this.field.reset();
      change({ learning_rate: rate });
    };
    const messageId = `mx-message-${numStrips++}`;
    this.message = h("div", { class: "mx-message", id: messageId, role: "status" });
    this.slider = new Slider(name, setRate);
    this.field = new RateField(
      name,
      messageId,
      (rate) => change({ learning_rate: rate }),
      (problem) => this.say(problem),
    );
    this.half = factorButton("½", `Halve the learning rate of ${name}`, () =>
      setRate(scaled(this.setting.learning_rate, 0.5)),
    );
    this.double = factorButton("×2", `Double the learning rate of ${name}`, () =>
      setRate(scaled(this.setting.learning_rate, 2)),
    );
    this.freeze = h(
      "button",
      {
        type: "button",
        class: "mx-freeze",
        "aria-label": `Freeze ${name}`,
        onclick: () => {
          if (this.where.readOnly) return;
          if (this.where.running) this.answer(FREEZE_IS_OFF);
          else change({ frozen: !this.setting.frozen });
        },
      },
      snowflake(),
    );
    const meters = h(
      "div",
      { class: "mx-meters" },
      meter("rate", "Learning rate at the newest step, after the schedule", this.now),
      meter("‖g‖", "Norm of this group's gradient at the newest step, before clipping", this.norm),
      this.countRow,
      this.decay,
    );
    this.side = h(
      "div",
      { class: "mx-side" },
      this.field.element,
      h("div", { class: "mx-factors" }, this.half, this.double),
      meters,
      this.message,
    );
    this.element = h(
      "div",
      { class: "mx-strip", role: "group", "aria-label": name },
      h("div", { class: "mx-name" }, this.dot, this.name, this.freeze),
      h("div", { class: "mx-body" }, this.slider.element, this.side),
    );
    setText(this.name, name);
    setAttribute(this.name, "title", name);
  }

  show(group: Group, now: Now, setting: Setting, where: Surroundings): void {
    this.setting = setting;
    this.where = where;
    const { running, readOnly } = where;
    setStyle(this.element, "--group", group.colour);
    setAttribute(this.element, "data-frozen", setting.frozen);
    this.slider.show(setting.learning_rate, now.learning_rate ?? null, readOnly);
    this.field.show(setting.learning_rate, readOnly);
    setAttribute(this.half, "disabled", readOnly);
    setAttribute(this.double, "disabled", readOnly);
    setAttribute(this.freeze, "aria-pressed", String(setting.frozen));
    setAttribute(this.freeze, "aria-disabled", running || readOnly ? "true" : null);
    setAttribute(this.freeze, "title", freezeTitle(setting.frozen, where));
    setText(this.now, setting.frozen && !running ? "frozen" : meterText(now.learning_rate ?? null));
    setText(this.norm, meterText(now.grad_norm ?? null));
    setText(this.count, countText(group.num_parameters));
    setAttribute(this.countRow, "title", countTitle(group));
    setAttribute(this.decay, "hidden", group.weight_decay === 0);
    setText(this.decay, `decay ${meterText(group.weight_decay)}`);
    setAttribute(this.decay, "title", "Weight decay: pull of the weights towards zero at each step");
  }

  /** Forgets a text that was not taken: the settings are another document's. */
  reset(): void {
    this.field.reset();
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.slider.destroy();
    this.element.remove();
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

function countTitle({ num_parameters, weight_decay }: Group): string {
  return `${num_parameters.toLocaleString("en")} parameters, weight decay ${meterText(weight_decay)}`;
}

function freezeTitle(frozen: boolean, { running, readOnly }: Surroundings): string {
  const state = frozen ? "Frozen: these parameters do not learn." : "Not frozen: these parameters learn.";
  if (running) return `${state} ${FREEZE_IS_OFF}`;
  return readOnly ? state : `${state} Press to change that for the next run.`;
}

function factorButton(label: string, title: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", title, "aria-label": title, onclick }, label);
}

function meter(label: string, title: string, value: HTMLElement): HTMLElement {
  return h("div", { title }, `${label} `, value);
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
