import { expect, test } from "vitest";
import { tableRow } from "./fixture";
import { Held, PATIENCE_MS } from "./held";

const news = (numbers: number[], full = true, ids = numbers.map((number) => `r${number}`)) => ({
  full,
  ids,
  known: ids.length,
  rows: numbers.map((number) => tableRow(number)),
});

test("rows are told once, and later those that have changed", () => {
  const held = new Held();
  expect(held.apply(news([3, 2, 1]))).toBe(true);
  expect(held.apply({ ...news([2], false, ["r3", "r2", "r1"]), rows: [tableRow(2, { name: "new" })] })).toBe(true);
  expect(held.all(0).map((row) => row.name)).toEqual(["digits", "new", "digits"]);
  expect(held.apply(news([], false, ["r3", "r1"]))).toBe(true);
  expect(held.all(0).map((row) => row.number)).toEqual([3, 1]);
});

test("a row that was never told is a gap, and changes nothing", () => {
  const held = new Held();
  held.apply(news([1]));
  expect(held.apply(news([], false, ["r2", "r1"]))).toBe(false);
  expect(held.all(0).map((row) => row.number)).toEqual([1]);
});

test("what was typed stands until it is told back, or for a while", () => {
  const held = new Held();
  held.apply(news([1]));
  held.change("r1", { tags: ["a"] }, 0);
  held.change("r1", { notes: "x" }, 10);
  held.apply(news([1], false));
  expect(held.row("r1", 20)).toMatchObject({ tags: ["a"], notes: "x" });
  held.apply({ ...news([1], false), rows: [tableRow(1, { tags: ["a"], notes: "x" })] });
  expect(held.row("r1", 30)).toMatchObject({ tags: ["a"], notes: "x" });
  held.change("r1", { name: "refused" }, 40);
  expect(held.row("r1", 41)?.name).toBe("refused");
  expect(held.row("r1", 40 + PATIENCE_MS)?.name).toBe("digits");
});

test("a deleted run is deleted at once, whatever the clocks say", () => {
  const held = new Held();
  held.apply(news([1]));
  held.change("r1", { deleted_at: 100 }, 0);
  expect(held.row("r1", 1)?.deleted_at).toBe(100);
  held.apply({ ...news([1], false), rows: [tableRow(1, { deleted_at: 103 })] });
  expect(held.row("r1", 2)?.deleted_at).toBe(103);
  held.change("r1", { deleted_at: null }, 3);
  expect(held.row("r1", 4)?.deleted_at).toBeNull();
});
