import { expect, test } from "vitest";
import { fraction, GRADIENT, UPDATE } from "./level";

test("the rule of thumb stands in the middle of its meter, and a decade is a sixth", () => {
  expect(fraction(1e-3, UPDATE)).toBeCloseTo(0.5);
  expect(fraction(1e-2, UPDATE)! - fraction(1e-3, UPDATE)!).toBeCloseTo(1 / 6);
});

test("beyond its ends a meter is empty or full; without a number it has no height", () => {
  expect([0, 1e-12, 5, "∞"].map((value) => fraction(value, GRADIENT))).toEqual([0, 0, 1, 1]);
  expect([null, "NaN"].map((value) => fraction(value, GRADIENT))).toEqual([null, null]);
});
