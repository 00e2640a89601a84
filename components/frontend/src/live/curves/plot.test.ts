import { expect, it } from "vitest";
import { isInside, pixelAt, pixelOf, plotOf, unitsAt } from "./plot";

const MARGIN = { l: 40, r: 10, t: 6, b: 20 };
const plot = plotOf(
  { width: 250, height: 126 },
  MARGIN,
  { range: [0, 100], isLog: false },
  { range: [-3, 1], isLog: true },
);

it("puts numbers between the margins, upwards and to the right", () => {
  expect([0, 25, 100].map((step) => pixelOf(plot.x, step))).toEqual([40, 90, 240]);
  expect([1e-3, 0.1, 10].map((norm) => Math.round(pixelOf(plot.y, norm)))).toEqual([106, 56, 6]);
});

it("has no place for zero on a logarithmic axis", () => {
  expect(Number.isFinite(pixelOf(plot.y, 0))).toBe(false);
});

it("reads a pixel back in the axis' own units", () => {
  expect(unitsAt(plot.x, pixelOf(plot.x, 62))).toBeCloseTo(62);
  expect(unitsAt(plot.y, pixelAt(plot.y, -1.5))).toBeCloseTo(-1.5);
});

it.each([
  [40, 6, true],
  [240, 106, true],
  [39, 50, false],
  [100, 107, false],
])("knows whether %d, %d is on the plot", (x, y, isOn) => {
  expect(isInside(plot, x, y)).toBe(isOn);
  expect(isInside(plot, x, y, 2)).toBe(true);
});
