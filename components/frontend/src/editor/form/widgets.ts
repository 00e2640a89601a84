/** Controls for single values. Each keeps what is typed; only what is valid is handed on. */

import { h, setAttribute, setStyle } from "../../shared/dom";
import { same } from "../model/kinds";
import { numberText, valueText, wordOf } from "../model/words";
import type { Json } from "../types";
import { fromSlider, hasSlider, parseNumber, stepped, toSlider } from "./number";
import type { Field, NumberField } from "./schema";

export interface Widget {
  element: HTMLElement;
  /** Shows the document's value, unless it is what the control itself handed on last. */
  update(value: Json | undefined): void;
}

export interface Sink {
  /** `settled` is false while a value still moves under the person's hand. */
  change(value: Json, settled: boolean): void;
  /** Shows why the typed text is no value; null when it is. */
  complain(problem: string | null): void;
}

export interface Label {
  id: string;
  title: string;
  unit: string;
}

type Of<T extends Field["type"]> = Extract<Field, { type: T }>;

export function numberWidget(field: NumberField, label: Label, sink: Sink): Widget {
  let shown: Json | undefined;
  const input = h("input", {
    type: "text",
    id: label.id,
    class: "number",
    inputmode: field.integer ? "numeric" : "decimal",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: field.optional ? "none" : "",
  });
  const slider = hasSlider(field)
    ? h("input", { type: "range", min: 0, max: 1, step: 0.001, "aria-label": `${label.title}, slider`, tabindex: -1 })
    : null;

  const moveSlider = () => {
    if (slider && typeof shown === "number") {
      slider.value = String(toSlider(shown, field));
      setStyle(slider, "--place", slider.value);
    }
  };
  const take = (value: Json, settled: boolean) => {
    shown = value;
    sink.complain(null);
    setAttribute(input, "aria-invalid", null);
    sink.change(value, settled);
    moveSlider();
  };
  const read = (settled: boolean) => {
    const parsed = parseNumber(input.value, field);
    if ("value" in parsed) {
      if (settled || !same(parsed.value, shown)) take(parsed.value, settled);
      else sink.complain(null);
    } else {
      setAttribute(input, "aria-invalid", "true");
      sink.complain(parsed.problem);
    }
  };
  input.addEventListener("input", () => read(false));
  input.addEventListener("change", () => read(true));
  input.addEventListener("keydown", (event) => {
    if ((event.key !== "ArrowUp" && event.key !== "ArrowDown") || typeof shown !== "number") return;
    event.preventDefault();
    const value = stepped(shown, event.key === "ArrowUp" ? 1 : -1, field);
    input.value = numberText(value);
    take(value, false);
  });
  slider?.addEventListener("input", () => {
    const value = fromSlider(Number(slider.value), field);
    input.value = numberText(value);
    take(value, false);
  });
  slider?.addEventListener("change", () => typeof shown === "number" && take(shown, true));

  const words = field.words.map((word) =>
    h(
      "button",
      {
        type: "button",
        class: "word",
        title: `Use “${word}”`,
        onclick: () => {
          input.value = word;
          read(true);
        },
      },
      word,
    ),
  );
  const line = h("div", { class: "line" }, input, label.unit && h("span", { class: "unit" }, label.unit), ...words);
  return {
    element: h("div", { class: slider ? "control with-slider" : "control" }, slider, line),
    update: (value) => {
      for (const button of words) setAttribute(button, "aria-pressed", String(value === button.textContent));
      if (same(value, shown)) return;
      shown = value;
      input.value =
        value === null || value === undefined ? "" : typeof value === "number" ? numberText(value) : String(value);
      setAttribute(input, "aria-invalid", null);
      sink.complain(null);
      moveSlider();
    },
  };
}

export function choiceWidget(field: Of<"choice">, label: Label, sink: Sink): Widget {
  const values: Json[] = field.optional ? [null, ...field.options] : field.options;
  const select = h(
    "select",
    { id: label.id, onchange: () => sink.change(values[select.selectedIndex] ?? null, true) },
    ...values.map((value) => h("option", {}, valueText(value))),
  );
  return {
    element: h("div", { class: "control" }, select),
    update: (value) => {
      const index = values.findIndex((option) => same(option, value ?? null));
      if (select.selectedIndex !== index) select.selectedIndex = index;
    },
  };
}

export function booleanWidget(_: Of<"boolean">, label: Label, sink: Sink): Widget {
  const box = h("input", {
    type: "checkbox",
    id: label.id,
    role: "switch",
    onchange: () => sink.change(box.checked, true),
  });
  return {
    element: h("div", { class: "control" }, box),
    update: (value) => {
      box.checked = value === true;
    },
  };
}

export function flagsWidget(field: Of<"flags">, label: Label, sink: Sink): Widget {
  let chosen: string[] = [];
  const buttons = field.options.map((option) =>
    h(
      "button",
      {
        type: "button",
        class: "flag",
        title: `${label.title}: ${wordOf(option)}`,
        onclick: () => {
          const on = !chosen.includes(option);
          sink.change(
            field.options.filter((other) => (other === option ? on : chosen.includes(other))),
            true,
          );
        },
      },
      wordOf(option),
    ),
  );
  return {
    element: h("div", { class: "control flags", role: "group", id: label.id, "aria-label": label.title }, ...buttons),
    update: (value) => {
      chosen = Array.isArray(value) ? value.map(String) : [];
      buttons.forEach((button, index) =>
        setAttribute(button, "aria-pressed", String(chosen.includes(field.options[index] ?? ""))),
      );
    },
  };
}

export function colourWidget(_: Of<"colour">, label: Label, sink: Sink): Widget {
  const input = h("input", {
    type: "color",
    id: label.id,
    oninput: () => sink.change(input.value.toUpperCase(), false),
    onchange: () => sink.change(input.value.toUpperCase(), true),
  });
  return {
    element: h("div", { class: "control" }, input),
    update: (value) => {
      if (typeof value === "string" && input.value !== value.toLowerCase()) input.value = value.toLowerCase();
    },
  };
}

export function textWidget(field: Of<"text">, label: Label, sink: Sink): Widget {
  let shown: Json | undefined;
  const pattern = field.pattern === null ? null : new RegExp(field.pattern, "u");
  const problem = (text: string): string | null => {
    if (text.trim().length < field.minLength) return "Type something here.";
    if (text.length > field.maxLength) return `At most ${field.maxLength} characters; this has ${text.length}.`;
    return pattern && !pattern.test(text) ? `“${text.slice(0, 24)}” is not one of the values described below.` : null;
  };
  const input = h("input", { type: "text", id: label.id, autocomplete: "off", spellcheck: "false" });
  const read = (settled: boolean) => {
    const why = problem(input.value);
    setAttribute(input, "aria-invalid", why !== null && "true");
    sink.complain(why);
    if (why !== null) return;
    shown = input.value;
    sink.change(input.value, settled);
  };
  input.addEventListener("input", () => read(false));
  input.addEventListener("change", () => read(true));
  return {
    element: h("div", { class: "control" }, input),
    update: (value) => {
      if (value === shown) return;
      shown = value;
      input.value = typeof value === "string" ? value : "";
      setAttribute(input, "aria-invalid", null);
      sink.complain(null);
    },
  };
}
