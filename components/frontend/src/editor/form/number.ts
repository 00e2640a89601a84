/** From a typed text to a number, or to why it is none; and a log slider's places. */

import { grouped } from "../../shared/words";
import { numberText } from "../model/words";
import type { Json } from "../types";
import type { NumberField } from "./schema";

export type Parsed = { value: Json } | { problem: string };

/** Exactly what JSON and the field's people write: 0.1, 1e-3, -2; no units, no thousands separators. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function parseNumber(text: string, field: NumberField): Parsed {
  const trimmed = text.trim();
  if (trimmed === "") {
    return field.optional ? { value: null } : { problem: `Type a number${boundsText(field)}.` };
  }
  if (field.words.includes(trimmed)) return { value: trimmed };
  if (!NUMBER.test(trimmed)) {
    const words = field.words.map((word) => ` or “${word}”`).join("");
    return { problem: `“${trimmed.slice(0, 20)}” is not a number. Type one like ${example(field)}${words}.` };
  }
  const value = Number(trimmed);
  if (field.integer && !Number.isInteger(value)) return { problem: `${trimmed} is not whole. Type a whole number.` };
  const low = field.exclusiveMinimum ? value <= field.minimum : value < field.minimum;
  const high = field.exclusiveMaximum ? value >= field.maximum : value > field.maximum;
  if (low || high || !Number.isFinite(value))
    return { problem: `${trimmed} is outside. Type a number${boundsText(field)}.` };
  return { value };
}

function example(field: NumberField): string {
  return field.integer ? "16" : field.scale === "log" ? "1e-3" : "0.5";
}

/** " from 1 to 31", " above 0", or nothing. */
export function boundsText(field: NumberField): string {
  const low = Number.isFinite(field.minimum);
  const high = Number.isFinite(field.maximum);
  const from = field.exclusiveMinimum ? " above" : high ? " from" : " of at least";
  const to = field.exclusiveMaximum ? " below" : low && !field.exclusiveMinimum ? " to" : " up to";
  const text = field.integer ? grouped : numberText;
  const lowText = low ? `${from} ${text(field.minimum)}` : "";
  const highText = high ? `${low && field.exclusiveMinimum ? " and" : ""}${to} ${text(field.maximum)}` : "";
  return `${lowText}${highText}`;
}

/** Decades below the maximum that a slider reaches where the minimum is zero. */
const DECADES_TO_ZERO = 8;

/** The smallest value of a log slider that is not zero. */
export function logFloor(field: NumberField): number {
  return field.minimum > 0 ? field.minimum : field.maximum / 10 ** DECADES_TO_ZERO;
}

/** Place 0..1 of a value on the slider; everything up to the floor is 0. */
export function toSlider(value: number, field: NumberField): number {
  const { maximum } = field;
  if (field.scale === "linear") return (value - field.minimum) / (maximum - field.minimum);
  const low = Math.log(logFloor(field));
  return value <= 0 ? 0 : Math.min(1, Math.max(0, (Math.log(value) - low) / (Math.log(maximum) - low)));
}

/** The value at a place, rounded to two digits so that it can be read; 0 is the minimum itself. */
export function fromSlider(place: number, field: NumberField): number {
  const { minimum, maximum } = field;
  if (field.scale === "linear") return Number((minimum + place * (maximum - minimum)).toPrecision(3));
  if (place <= 0) return field.exclusiveMinimum ? logFloor(field) : minimum;
  const low = Math.log(logFloor(field));
  const value = Number(Math.exp(low + place * (Math.log(maximum) - low)).toPrecision(2));
  return Math.min(maximum, Math.max(minimum, value));
}

/** Whether a slider helps: a log scale with an end, or a share between two near bounds. */
export function hasSlider(field: NumberField): boolean {
  if (!Number.isFinite(field.maximum) || !Number.isFinite(field.minimum)) return false;
  if (field.optional || field.words.length > 0) return false;
  return field.scale === "log" || (!field.integer && field.maximum - field.minimum <= 1);
}

/** One step of the arrow keys. */
export function stepped(value: number, direction: -1 | 1, field: NumberField): number {
  const raw = field.integer
    ? value + direction
    : field.scale === "log"
      ? value * (direction === 1 ? 1.1 : 1 / 1.1)
      : value + direction * (field.maximum - field.minimum <= 1 ? 0.01 : 0.1);
  const rounded = field.integer ? raw : Number(raw.toPrecision(field.scale === "log" ? 3 : 6));
  return Math.min(field.maximum, Math.max(field.minimum, rounded));
}
