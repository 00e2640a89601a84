import { expect, it } from "vitest";
import { matrixOf } from "./matrix";
import type { Trace } from "./message";

const held = { x: [4, 8], columns: { counts: [3, 1, 0, 0, 1, 1, 2, 6] }, labels: ["a", "b"] };
const map: Trace = { uid: "m", type: "heatmap" };

it("has counts of one row, their shares, and no text for a zero", () => {
  expect(matrixOf(map, held, "counts", 0)).toEqual({
    x: ["0", "1"],
    y: ["0", "1"],
    z: [
      [0.75, 0.25],
      [0, 0],
    ],
    customdata: [
      [3, 1],
      [0, 0],
    ],
    text: [
      ["3", "1"],
      ["", ""],
    ],
  });
  expect(matrixOf(map, held, "counts", 1).z).toEqual([
    [0.5, 0.5],
    [0.25, 0.75],
  ]);
});

it("keeps the names that the trace has", () => {
  const names = ["cat", "dog"];
  expect(matrixOf({ ...map, x: names, y: names }, held, "counts", 0)).toMatchObject({ x: names, y: names });
});

it("has nothing before the first row", () => {
  const nothing = { x: [], y: [], z: [] };
  expect(matrixOf({ ...map, y: ["cat"] }, { x: [], columns: {}, labels: [] }, "counts", -1)).toEqual(nothing);
});
