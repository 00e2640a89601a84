/** The document in short words: a card's line, a shape, a count, a rule. */

import { duration } from "../../shared/words";
import type { Catalogue, Item, Json, JsonObject, Schema } from "../types";
import { children, isBlock, isRepeat } from "./tree";

/** Enum values and kinds as words: `leaky_relu` reads "leaky relu". */
export function wordOf(value: string): string {
  return value.replaceAll("_", " ");
}

export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) {
    return value
      .toExponential(6)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  }
  return String(Number(value.toPrecision(12)));
}

/** A value on one line; of an object its kind and its values, of nothing "none". */
export function valueText(value: Json | undefined): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return wordOf(value);
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return Object.values(value)
    .filter((part) => part !== null)
    .map(valueText)
    .join(" ");
}

/** Fills "{field}" places with the item's values, or with defaults where the item does not say. */
export function fillSummary(summary: string, item: Item, defaults: JsonObject): string {
  return summary.replace(/\{(\w+)\}/g, (_, field: string) => valueText(item[field] ?? defaults[field]));
}

/** One word or two for a layer inside a block's line: its value if its summary is nothing else, else its title. */
function shortName(catalogue: Catalogue, layer: Item): string {
  const kind = catalogue.kinds[layer.kind];
  if (kind === undefined) return wordOf(layer.kind);
  if (/^\{\w+\}$/.test(kind.summary)) return fillSummary(kind.summary, layer, kind.template);
  return kind.title.toLowerCase();
}

/** "2 × (linear · relu)": a list of names with its shortest period written once. */
export function lineOf(names: readonly string[]): string {
  const { length } = names;
  for (let period = 1; period <= length / 2; period++) {
    if (length % period !== 0 || !names.every((name, index) => name === names[index % period])) continue;
    const once = names.slice(0, period).join(" · ");
    return `${length / period} × ${period === 1 ? once : `(${once})`}`;
  }
  return names.join(" · ");
}

/** The card's one line. */
export function summaryOf(catalogue: Catalogue, item: Item): string {
  const kind = catalogue.kinds[item.kind];
  if (kind === undefined) return "";
  const own = fillSummary(kind.summary, item, kind.template);
  if (isRepeat(item) || !isBlock(item)) return own;
  const body = children(item, "body").map((layer) => shortName(catalogue, layer));
  const shortcut = children(item, "shortcut").map((layer) => shortName(catalogue, layer));
  const activation = item["activation"];
  return [
    body.length > 0 ? lineOf(body) : "empty body",
    shortcut.length > 0 ? `shortcut ${lineOf(shortcut)}` : "",
    typeof activation === "string" ? `then ${wordOf(activation)}` : "",
    own,
  ]
    .filter(Boolean)
    .join(", ");
}

export function shapeText(shape: readonly number[] | null | undefined): string {
  return shape ? shape.join("×") : "?";
}

/** 84330 as "84,330"; from a hundred million on with a unit. */
export function countText(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} G`;
  if (count >= 1e8) return `${(count / 1e6).toFixed(0)} M`;
  return count.toLocaleString("en-US");
}

/** Multiply-adds in millions. */
export function macsText(macs: number): string {
  if (macs >= 1e9) return `${(macs / 1e9).toFixed(2)} G`;
  const millions = macs / 1e6;
  return `${millions >= 100 ? millions.toFixed(0) : millions.toFixed(2)} M`;
}

/** Seconds of an epoch; short ones with the digit that tells two towers apart. */
export function epochText(seconds: number): string {
  return `${seconds < 10 ? `${Math.max(0.1, seconds).toFixed(1)} s` : duration(seconds)} an epoch`;
}

/** A group's rule in words, by the titles of its schema. */
export function ruleText(rule: JsonObject, schema: Schema | null): string {
  const parts: string[] = [];
  for (const [field, value] of Object.entries(rule)) {
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    const title = schema?.properties?.[field]?.title ?? wordOf(field);
    const list = Array.isArray(value) && value.length > 4 ? [...value.slice(0, 3), `${value.length - 3} more`] : value;
    parts.push(`${title.toLowerCase()} ${valueText(list)}`);
  }
  return parts.length > 0 ? parts.join("; ") : "everything else";
}
