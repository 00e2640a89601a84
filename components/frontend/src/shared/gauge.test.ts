import { expect, it } from "vitest";
import { GRADIENT, placeOn, UPDATE } from "./gauge";

it("stands in proportion to the power of ten, and at an end beyond it", () => {
  expect(placeOn(1e-3, UPDATE)).toBeCloseTo(0.5);
  expect(placeOn(1e-2, GRADIENT)).toBeCloseTo(0.75);
  expect([0, 1e-12, 5].map((value) => placeOn(value, GRADIENT))).toEqual([0, 0, 1]);
});
