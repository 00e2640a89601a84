import { expect, it } from "vitest";
import { momentAt, placeOf } from "./moment";

it("follows the newest row until a person goes back, and again at the end", () => {
  expect(placeOf(null, "t", [3, 5, 9])).toBe(2);
  expect(momentAt("t", [3, 5, 9], 1)).toEqual({ table: "t", x: 5 });
  expect(momentAt("t", [3, 5, 9], 2)).toBeNull();
});

it("keeps a row while others come", () => {
  const moment = momentAt("t", [3, 5, 9], 0);
  expect(placeOf(moment, "t", [3, 5, 9, 11, 12])).toBe(0);
});

it("finds a row in another place, and the one before it where it was left out", () => {
  const moment = { table: "t", x: 5 };
  expect(placeOf(moment, "t", [1, 5, 9, 13])).toBe(1);
  expect(placeOf(moment, "t", [1, 9, 13])).toBe(0);
  expect(placeOf(moment, "t", [7, 9])).toBe(0);
  expect(placeOf(moment, "t", [1, 3])).toBe(1);
});

it("has no place where there are no rows", () => {
  expect(placeOf(null, "t", [])).toBe(-1);
  expect(placeOf({ table: "t", x: 5 }, "t", [])).toBe(-1);
});

it("is of one table only", () => {
  expect(placeOf({ table: "t", x: 3 }, "u", [3, 5])).toBe(1);
});
