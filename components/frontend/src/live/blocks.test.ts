import { expect, it } from "vitest";
import { Blocks } from "./blocks";

const blocks = new Blocks(["a", "b", "c", "b", "c", "", "d"]);

it("finds the block at a depth and which copy it is", () => {
  expect(blocks.at(1)).toEqual({ items: ["a"], copy: 0 });
  expect(blocks.at(4)).toEqual({ items: ["b"], copy: 1 });
  expect([blocks.at(6), blocks.at(0), blocks.at(8), new Blocks().at(1)]).toEqual([null, null, null, null]);
});

it("finds where blocks lie, all copies or one, neighbours together", () => {
  expect(blocks.stretches({ items: ["b", "c"], copy: null })).toEqual([[2, 5]]);
  expect(blocks.stretches({ items: ["b"], copy: null })).toEqual([
    [2, 2],
    [4, 4],
  ]);
  expect(blocks.stretches({ items: ["b"], copy: 1 })).toEqual([[4, 4]]);
  expect(blocks.stretches({ items: ["gone"], copy: null })).toEqual([]);
  expect(blocks.stretches(null)).toEqual([]);
});
