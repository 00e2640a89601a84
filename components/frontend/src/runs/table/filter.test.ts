import { expect, test } from "vitest";
import { COLUMNS } from "./columns";
import { ALL, counted, DELETED, matches, ordered } from "./filter";
import { tableRow } from "./fixture";

const column = (id: string) => COLUMNS.find((each) => each.id === id)!;
const everything = { words: "", status: ALL, tag: ALL };

test("every word must stand somewhere in a row", () => {
  const row = tableRow(7, { name: "Fifty layers", tags: ["for class"], notes: "Rate too high", status: "diverged" });
  for (const words of ["", "  ", "fifty LAYERS", "#7", "class rate", "diverged seed"]) {
    expect(matches(row, { ...everything, words })).toBe(true);
  }
  expect(matches(row, { ...everything, words: "fifty skips" })).toBe(false);
});

test("a status and a tag narrow what is seen, and deleted runs stand apart", () => {
  const gone = tableRow(1, { deleted_at: 5, tags: ["a"] });
  const there = tableRow(2, { tags: ["a"] });
  expect([gone, there].filter((row) => matches(row, everything))).toEqual([there]);
  expect([gone, there].filter((row) => matches(row, { ...everything, status: DELETED }))).toEqual([gone]);
  expect(matches(there, { ...everything, status: "running" })).toBe(false);
  expect(matches(there, { ...everything, tag: "a" })).toBe(true);
  expect(matches(there, { ...everything, tag: "b" })).toBe(false);
});

test("what has no value comes last in either order, and of equal ones the newest first", () => {
  const rows = [
    tableRow(1, { val_accuracy: 0.5 }),
    tableRow(2, { val_accuracy: null }),
    tableRow(3, { val_accuracy: 0.9 }),
    tableRow(4, { val_accuracy: 0.5 }),
  ];
  const numbers = (isDescending: boolean) =>
    ordered(rows, { column: column("val_accuracy"), isDescending }).map((row) => row.number);
  expect(numbers(true)).toEqual([3, 4, 1, 2]);
  expect(numbers(false)).toEqual([4, 1, 3, 2]);
});

test("texts are ordered as people count", () => {
  const rows = ["run 10", "Run 9", "", "alpha"].map((name, place) => tableRow(place, { name }));
  const order = { column: column("name"), isDescending: false };
  expect(ordered(rows, order).map((row) => row.name)).toEqual(["alpha", "Run 9", "run 10", ""]);
});

test("every column sorts", () => {
  for (const each of COLUMNS) {
    const rows = [1, 2, 3].map((number) => tableRow(number));
    expect(ordered(rows, { column: each, isDescending: true })).toHaveLength(3);
    expect(each.text(rows[0]!, new Date())).toBeTypeOf("string");
  }
});

test("values are counted, the most frequent first", () => {
  expect(counted(["b", "a", "c", "c"])).toEqual([
    ["c", 2],
    ["a", 1],
    ["b", 1],
  ]);
});
