import { expect, it } from "vitest";
import { plotOf } from "./plot";
import { boxOf } from "./zoom";

const plot = plotOf(
  { width: 200, height: 120 },
  { l: 40, r: 10, t: 10, b: 20 },
  { range: [0, 1], isLog: false },
  { range: [0, 1], isLog: false },
);
const from = { x: 60, y: 40 };

it.each([
  ["a box", { x: 120, y: 80 }, { x: [60, 120], y: [80, 40] }],
  ["a box that was drawn backwards", { x: 45, y: 20 }, { x: [45, 60], y: [40, 20] }],
  ["a flat one, which is meant for time alone", { x: 120, y: 45 }, { x: [60, 120], y: null }],
  ["a narrow one, which is meant for the values alone", { x: 63, y: 90 }, { x: null, y: [90, 40] }],
  ["one that leaves the plot", { x: 900, y: -50 }, { x: [60, 190], y: [40, 10] }],
  ["a click", { x: 63, y: 42 }, null],
])("takes %s", (_, to, box) => {
  expect(boxOf(from, to, plot)).toEqual(box);
});
