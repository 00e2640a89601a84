import { expect, it } from "vitest";
import type { Wall } from "./message";
import { choicesOf, tilesOf } from "./tiles";

const tile = (of: number, takenFor: number) => ({ hover: "", true: of, predicted: takenFor });
const wall: Wall = {
  tiles: [tile(0, 1), tile(1, 0), tile(0, 2), tile(2, 0)],
  classes: ["a", "b", "c"],
  num_first: 3,
};

it("shows the worst of all, or all of a class in their order", () => {
  expect(tilesOf(wall, null)).toEqual([0, 1, 2]);
  expect(tilesOf(wall, { by: "true", class: 0 })).toEqual([0, 2]);
  expect(tilesOf(wall, { by: "predicted", class: 0 })).toEqual([1, 3]);
  expect(tilesOf({ tiles: wall.tiles }, null)).toEqual([0, 1, 2, 3]);
});

it("offers the classes that have tiles, with how many", () => {
  expect(choicesOf(wall)).toEqual([
    {
      label: "True class",
      options: [
        { value: "true:0", text: "a (2)" },
        { value: "true:1", text: "b (1)" },
        { value: "true:2", text: "c (1)" },
      ],
    },
    {
      label: "Taken for",
      options: [
        { value: "predicted:0", text: "a (2)" },
        { value: "predicted:1", text: "b (1)" },
        { value: "predicted:2", text: "c (1)" },
      ],
    },
  ]);
  expect(choicesOf({ tiles: wall.tiles })).toEqual([]);
});
