/** A small catalogue and documents for the tests of the model; the real one comes from builder/spec/catalogue. */

import type { Analysis, Catalogue, ExperimentDocument, Item, Json, Kind } from "../types";

function kind(role: Kind["role"], title: string, more: Partial<Kind>): Kind {
  const bare = { sentence: "", formula: "", colour: "#5C6B82", glyph: "", arc: "none", own_fields: [], summary: "" };
  return { ...bare, role, title, schema: {}, template: { kind: title.toLowerCase() }, ...more } as Kind;
}

function block(name: string, own: Record<string, Json>): Kind {
  const template = { kind: name, body: [], shortcut: [], activation: null, bypassed: false, parked: {}, ...own };
  return kind("block", name, { own_fields: Object.keys(own), template });
}

export const catalogue: Catalogue = {
  kinds: {
    plain: block("plain", {}),
    residual: block("residual", { alpha: 1, beta: 1 }),
    highway: block("highway", { gates: "both", gate_bias_init: -2 }),
    linear: kind("layer", "Linear", {
      summary: "{out_features} units",
      template: { kind: "linear", out_features: 64 },
    }),
    activation: kind("layer", "Activation", {
      summary: "{function}",
      template: { kind: "activation", function: "relu" },
    }),
    match: kind("shortcut_layer", "Match", {}),
    repeat: kind("repeat", "Repeat", { template: { kind: "repeat", times: 2, items: [] } }),
  },
  recipes: [
    {
      name: "dense",
      title: "Dense",
      sentence: "",
      lane: "body",
      input: "vector",
      items: [{ kind: "linear", out_features: "$features" }, { kind: "activation" }],
      is_default: true,
    },
    {
      name: "conv",
      title: "Conv",
      sentence: "",
      lane: "body",
      input: "image",
      items: [{ kind: "conv", out_channels: "$channels" }],
      is_default: true,
    },
    { name: "project", title: "Project", sentence: "", lane: "shortcut", input: "any", items: [{ kind: "match" }] },
  ],
  forms: {},
  datasets: [
    { name: "digits", title: "Digits", sentence: "", shape: [1, 8, 8], num_classes: 10, preview: null, size: 0 },
  ],
};

export function layer(id: string, name = "linear", fields: Record<string, Json> = {}): Item {
  return { ...catalogue.kinds[name]?.template, kind: name, id, ...fields };
}

export function residual(id: string, body: Item[] = [], shortcut: Item[] = []): Item {
  return { ...catalogue.kinds["residual"]?.template, kind: "residual", id, body, shortcut };
}

export function repeat(id: string, items: Item[]): Item {
  return { kind: "repeat", id, times: 2, items };
}

export function tower(...items: Item[]): ExperimentDocument {
  return {
    network: { items, next_id: 100 },
    groups: [{ name: "all", colour: "#4477AA", rule: {}, learning_rate: 0.1, weight_decay: 0.01, frozen: false }],
    data: { dataset: "digits" },
    training: {},
  };
}

export function analysisOf(items: Record<string, [number[] | null, number[] | null]>): Analysis {
  return {
    rev: 0,
    base: null,
    gone: [],
    items: Object.fromEntries(
      Object.entries(items).map(([id, [in_shape, out_shape]]) => [
        id,
        { in_shape, out_shape, num_parameters: 0, copies: 1, groups: [] },
      ]),
    ),
    problems: [],
    num_parameters: 0,
    num_macs: 0,
    num_blocks: 0,
    groups: [],
  };
}

/** The tower in one line, as in "i1 i2(i3 | ) i4[i5]". */
export function outline(document: ExperimentDocument): string {
  const text = (items: Item[]): string =>
    items
      .map((item) => {
        if (Array.isArray(item["items"])) return `${item.id}[${text(item["items"] as Item[])}]`;
        if (!Array.isArray(item["body"])) return item.id;
        return `${item.id}(${text(item["body"] as Item[])}|${text(item["shortcut"] as Item[])})`;
      })
      .join(" ");
  return text(document.network.items);
}
