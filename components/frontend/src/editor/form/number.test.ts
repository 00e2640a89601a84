import { expect, test } from "vitest";
import { boundsText, fromSlider, parseNumber, stepped, toSlider } from "./number";
import type { NumberField } from "./schema";

const field = (more: Partial<NumberField>): NumberField => ({
  type: "number",
  integer: false,
  minimum: -Infinity,
  maximum: Infinity,
  exclusiveMinimum: false,
  exclusiveMaximum: false,
  scale: "linear",
  optional: false,
  words: [],
  ...more,
});

test("numbers are read as the field's people write them", () => {
  for (const [text, value] of [
    ["0.1", 0.1],
    ["1e-3", 1e-3],
    [" -2 ", -2],
    [".5", 0.5],
    ["3.", 3],
  ] as const) {
    expect(parseNumber(text, field({}))).toEqual({ value });
  }
});

test("what is not a number, not whole or outside is told in words and has no value", () => {
  const bounded = field({ integer: true, minimum: 1, maximum: 31 });
  for (const text of ["", "abc", "1,5", "0x10", "NaN", "Infinity", "1e999", "0", "32", "2.5", "- 1"]) {
    expect(parseNumber(text, bounded)).toHaveProperty("problem");
  }
  expect(parseNumber("32", bounded)).toEqual({ problem: "32 is outside. Type a number from 1 to 31." });
});

test("bounds are told in digits that can be read", () => {
  expect(boundsText(field({ integer: true, minimum: 0, maximum: 2 ** 31 - 1 }))).toBe(" from 0 to 2,147,483,647");
  expect(boundsText(field({ minimum: 1e-8, maximum: 1e6 }))).toBe(" from 1e-8 to 1e6");
});

test("an exclusive bound is outside itself", () => {
  const open = field({ minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true });
  expect(parseNumber("0", open)).toHaveProperty("problem");
  expect(parseNumber("1", open)).toHaveProperty("problem");
  expect(parseNumber("0.5", open)).toEqual({ value: 0.5 });
  expect(boundsText(open)).toBe(" above 0 and below 1");
});

test("empty is none only where a field is optional, and words stand for themselves", () => {
  expect(parseNumber("", field({ optional: true }))).toEqual({ value: null });
  expect(parseNumber("classes", field({ words: ["classes"] }))).toEqual({ value: "classes" });
});

test("a log slider goes there and back within its two digits", () => {
  const rate = field({ minimum: 0, maximum: 100, scale: "log" });
  for (const value of [2e-6, 3e-4, 0.1, 1, 25, 100]) {
    expect(fromSlider(toSlider(value, rate), rate) / value).toBeCloseTo(1, 1);
  }
  expect(fromSlider(0, rate)).toBe(0);
  expect(toSlider(0, rate)).toBe(0);
});

test("a step stays inside the bounds", () => {
  const share = field({ minimum: 0, maximum: 1 });
  expect(stepped(1, 1, share)).toBe(1);
  expect(stepped(0.5, 1, share)).toBeCloseTo(0.51);
  expect(stepped(3, -1, field({ integer: true, minimum: 1, maximum: 9 }))).toBe(2);
});
