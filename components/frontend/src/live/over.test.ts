import { expect, test } from "vitest";
import type { Trace } from "./message";
import { spanOf, unitsOf } from "./over";

const line = (...x: number[]): Trace => ({ uid: "a", type: "scatter", x, y: x });

test("an axis begins at nothing; a logarithmic one at what comes first, and has a decade at least", () => {
  expect(spanOf([line(2, 50)], 1000, false)).toEqual([0, 1000]);
  expect(spanOf([line(0, 1, 50)], 1000, true)).toEqual([0, 3]);
  expect(spanOf([line(0.01), line(5)], 100, true)).toEqual([-2, 2]);
  expect(spanOf([line(900)], 1000, true)).toEqual([2, 3]);
  expect(spanOf([], 1000, true)).toEqual([2, 3]);
});

test("what comes before the first step has no place on a logarithmic axis", () => {
  expect(unitsOf(0, false)).toBe(0);
  expect(unitsOf(100, true)).toBe(2);
  expect(unitsOf(0, true)).toBe(-Infinity);
});
