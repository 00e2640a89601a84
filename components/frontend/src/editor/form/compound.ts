/** Controls made of controls: a time, a union's kind and fields, an object's fields, a list. */

import { h, place, setAttribute, setHidden } from "../../shared/dom";
import { same } from "../model/kinds";
import { valueText, wordOf } from "../model/words";
import type { Json, JsonObject, Schema } from "../types";
import { type Described, type Field, memberDefaults, type NumberField, shownProperties } from "./schema";
import {
  booleanWidget,
  choiceWidget,
  colourWidget,
  flagsWidget,
  type Label,
  numberWidget,
  type Sink,
  textWidget,
  type Widget,
} from "./widgets";

type Of<T extends Field["type"]> = Extract<Field, { type: T }>;

/** What the whole form shares: its schema's root, and its rows by path for problems that the server reports. */
export interface FormContext {
  root: Schema;
  id: string;
  rows: Map<string, (problem: string | null) => void>;
}

export function widgetFor(described: Described, path: string, context: FormContext, sink: Sink): Widget {
  const { field } = described;
  const label: Label = { id: `${context.id}-${path}`, title: described.title, unit: described.unit };
  switch (field.type) {
    case "number":
      return numberWidget(field, label, sink);
    case "choice":
      return choiceWidget(field, label, sink);
    case "boolean":
      return booleanWidget(field, label, sink);
    case "flags":
      return flagsWidget(field, label, sink);
    case "colour":
      return colourWidget(field, label, sink);
    case "text":
      return textWidget(field, label, sink);
    case "time":
      return timeWidget(label, sink);
    case "union":
      return unionWidget(field, label, path, context, sink);
    case "object":
      return objectWidget(field.properties, path, context, sink);
    case "list":
      return listWidget(field, label, path, context, sink);
  }
}

const TIME: NumberField = {
  type: "number",
  integer: false,
  minimum: 0,
  maximum: 2 ** 31 - 1,
  exclusiveMinimum: false,
  exclusiveMaximum: false,
  scale: "linear",
  optional: false,
  words: [],
};

/** A number and its unit: exactly one of epochs and steps. */
function timeWidget(label: Label, sink: Sink): Widget {
  let unit: "epochs" | "steps" = "epochs";
  let number: Json = 0;
  const hand = (settled: boolean) =>
    sink.change(unit === "epochs" ? { epochs: number, steps: null } : { epochs: null, steps: number }, settled);
  const make = (integer: boolean): Widget =>
    numberWidget(
      { ...TIME, integer },
      { ...label, unit: "" },
      {
        complain: sink.complain,
        change: (value, settled) => {
          number = value;
          hand(settled);
        },
      },
    );
  let input = make(false);
  const select = h(
    "select",
    {
      "aria-label": `${label.title}, unit`,
      title: "In epochs or in steps",
      onchange: () => {
        unit = select.value as typeof unit;
        if (unit === "steps" && typeof number === "number") number = Math.round(number);
        rebuild();
        hand(true);
      },
    },
    h("option", {}, "epochs"),
    h("option", {}, "steps"),
  );
  const element = h("div", { class: "control time" });
  const rebuild = () => {
    input = make(unit === "steps");
    input.update(number);
    place(element, [input.element, select]);
  };
  rebuild();
  return {
    element,
    update: (value) => {
      const time = (value ?? {}) as JsonObject;
      const next = typeof time["steps"] === "number" ? "steps" : "epochs";
      number = time[next] ?? 0;
      if (next !== unit) {
        unit = next;
        rebuild();
      }
      select.value = unit;
      input.update(number);
    },
  };
}

/** A select for the kind, and the fields of the chosen member. What another kind held comes back with it. */
function unionWidget(field: Of<"union">, label: Label, path: string, context: FormContext, sink: Sink): Widget {
  const kinds = Object.keys(field.members);
  const values: (string | null)[] = field.optional ? [null, ...kinds] : kinds;
  const kept = new Map<string, JsonObject>();
  let current: string | null | undefined;
  let value: JsonObject = {};
  let fields: Widget | null = null;
  const help = (kind: string | null | undefined) =>
    (kind && field.members[kind]?.description?.split("\n\n")[0]) || "As the network's default";
  const select = h(
    "select",
    {
      id: label.id,
      onchange: () => {
        const kind = values[select.selectedIndex];
        const member = kind && field.members[kind];
        sink.change(kind && member ? (kept.get(kind) ?? memberDefaults(field.tag, kind, member)) : null, true);
      },
    },
    ...values.map((kind) => h("option", { title: help(kind) }, kind === null ? "default" : wordOf(kind))),
  );
  const inner = h("div", { class: "nested" });
  const element = h("div", { class: "control union" }, select, inner);
  return {
    element,
    update: (next) => {
      const object = next === null || next === undefined ? null : (next as JsonObject);
      const kind = object === null ? null : String(object[field.tag]);
      if (object !== null && kind !== null) {
        kept.set(kind, object);
        value = object;
      }
      if (kind !== current) {
        current = kind;
        select.selectedIndex = values.indexOf(kind);
        setAttribute(select, "title", help(kind));
        const member = kind === null ? undefined : field.members[kind];
        fields = member
          ? objectWidget(shownProperties(member, context.root), path, context, {
              complain: () => undefined,
              change: (changed, settled) =>
                sink.change({ ...value, ...(changed as JsonObject), [field.tag]: kind }, settled),
            })
          : null;
        place(inner, fields ? [fields.element] : []);
      }
      fields?.update(object ?? undefined);
    },
  };
}

/** One row per property; advanced ones under "More". */
export function objectWidget(
  properties: [string, Described][],
  path: string,
  context: FormContext,
  sink: Sink,
): Widget {
  let value: JsonObject = {};
  const parts: [string, Described, Widget][] = [];
  const rows = (wanted: boolean) =>
    properties
      .filter(([, described]) => described.advanced === wanted)
      .map(([name, described]) => {
        const own = path === "" ? name : `${path}.${name}`;
        const row = rowFor(described, own, context, {
          change: (changed, settled) => {
            value = { ...value, [name]: changed };
            sink.change(value, settled);
          },
          complain: () => undefined,
        });
        parts.push([name, described, row]);
        return row.element;
      });
  const plain = rows(false);
  const more = rows(true);
  const element = h(
    "div",
    { class: "fields" },
    ...plain,
    more.length > 0 &&
      h("details", { class: "more" }, h("summary", { title: "Fields that are seldom changed" }, "More"), ...more),
  );
  return {
    element,
    update: (next) => {
      value = (next ?? {}) as JsonObject;
      for (const [name, described, widget] of parts) widget.update(value[name] ?? described.default);
    },
  };
}

/** A labelled control with its help and the place for its problem. */
function rowFor(described: Described, path: string, context: FormContext, sink: Sink): Widget {
  const { field, title, help } = described;
  const problem = h("div", { class: "problem", role: "alert" });
  let own: string | null = null;
  let reported: string | null = null;
  const show = () => {
    const text = own ?? reported;
    setHidden(problem, text === null);
    problem.textContent = text === null ? "" : `⚠ ${text}`;
  };
  show();
  const widget = widgetFor(described, path, context, {
    change: sink.change,
    complain: (text) => {
      own = text;
      show();
    },
  });
  context.rows.set(path, (text) => {
    reported = text;
    show();
  });
  const explained = { "data-help": help, "data-help-title": title, title: help };
  if (field.type === "object") {
    const legend = h("legend", { title: help }, title);
    return {
      element: h("fieldset", { class: "group", ...explained }, legend, widget.element, problem),
      update: widget.update,
    };
  }
  const label = h("label", { for: `${context.id}-${path}` }, title);
  const element = h("div", { class: `row ${field.type}`, ...explained }, label, widget.element, problem);
  return { element, update: widget.update };
}

/** A list of equal controls with add and remove. */
function listWidget(field: Of<"list">, label: Label, path: string, context: FormContext, sink: Sink): Widget {
  let values: Json[] = [];
  let widgets: Widget[] = [];
  const element = h("div", { class: "control list", role: "group", "aria-label": label.title });
  const hand = (next: Json[], settled: boolean) => {
    values = next;
    sink.change(next, settled);
  };
  const add = h(
    "button",
    {
      type: "button",
      title: `Add one to ${label.title.toLowerCase()}`,
      onclick: () => hand([...values, values.at(-1) ?? field.item.default ?? startOf(field.item)], true),
    },
    "+ add",
  );
  const build = () => {
    widgets = values.map((_, index) =>
      widgetFor(field.item, `${path}.${index}`, context, {
        complain: sink.complain,
        change: (value, settled) =>
          hand(
            values.map((before, at) => (at === index ? value : before)),
            settled,
          ),
      }),
    );
    const rows = widgets.map((widget, index) =>
      h(
        "div",
        { class: "entry" },
        widget.element,
        h(
          "button",
          {
            type: "button",
            title: `Remove ${valueText(values[index])}`,
            "aria-label": `Remove ${valueText(values[index])}`,
            onclick: () =>
              hand(
                values.filter((_, at) => at !== index),
                true,
              ),
          },
          "×",
        ),
      ),
    );
    place(element, [...rows, add]);
  };
  build();
  return {
    element,
    update: (next) => {
      const list = Array.isArray(next) ? next : [];
      const rebuild = list.length !== widgets.length;
      if (!rebuild && same(list, values)) {
        widgets.forEach((widget, index) => widget.update(list[index]));
        return;
      }
      values = list;
      if (rebuild) build();
      add.disabled = list.length >= field.maxItems;
      widgets.forEach((widget, index) => widget.update(list[index]));
    },
  };
}

function startOf(described: Described): Json {
  const { field } = described;
  if (field.type === "time") return { epochs: 1, steps: null };
  return field.type === "number" ? Math.max(0, field.minimum) : "";
}
