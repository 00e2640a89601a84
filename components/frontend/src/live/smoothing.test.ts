import { expect, test } from "vitest";
import { smoothLine } from "./smoothing";

test("a constant is its own average from the first bin on, however many steps a bin has", () => {
  for (const height of smoothLine([4, 11, 16.5], [3, 3, 3], 10)) expect(height).toBeCloseTo(3, 12);
});

test("after one half-life the old value counts half of what it did", () => {
  // Bins of ten steps. total = (1 - d)(d a + b) with d = 1/2, weight = 3/4.
  expect(smoothLine([5.5, 15.5], [4, 1], 10)[1]).toBeCloseTo((0.25 * 4 + 0.5 * 1) / 0.75, 12);
});

test("a bin that is still filling counts by the steps that it has", () => {
  const [, whole] = smoothLine([5.5, 15.5], [4, 1], 10);
  const [, begun] = smoothLine([5.5, 11], [4, 1], 10);
  const keep = 2 ** (-1 / 10);
  expect(begun).toBeCloseTo((keep * 0.5 * 4 + (1 - keep) * 1) / (keep * 0.5 + (1 - keep)), 12);
  expect(begun!).toBeGreaterThan(whole!);
});

test("a bin without a value changes nothing, and before the first there is no line", () => {
  expect(smoothLine([1, 2, 3], [null, 2, null], 5)).toEqual([null, 2, 2]);
});

test("without smoothing the line is the means", () => {
  expect(smoothLine([1, 2, 3], [1, 5, 2], 0)).toEqual([1, 5, 2]);
});
