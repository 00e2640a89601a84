import { expect, test } from "vitest";
import { ROW_PX, scrollFor, windowOf } from "./window";

test("of five hundred rows about as many are made as are in sight", () => {
  expect(windowOf(0, 10 * ROW_PX, 500)).toEqual({ first: 0, end: 18 });
  expect(windowOf(100 * ROW_PX, 10 * ROW_PX, 500)).toEqual({ first: 92, end: 118 });
  expect(windowOf(490 * ROW_PX, 10 * ROW_PX, 500)).toEqual({ first: 482, end: 500 });
  expect(windowOf(490 * ROW_PX, 10 * ROW_PX, 3)).toEqual({ first: 3, end: 3 });
});

test("a row out of sight is scrolled to the nearest edge", () => {
  const height = 10 * ROW_PX + 30;
  expect(scrollFor(5, 0, height, 30)).toBe(0);
  expect(scrollFor(12, 0, height, 30)).toBe(3 * ROW_PX);
  expect(scrollFor(2, 5 * ROW_PX, height, 30)).toBe(2 * ROW_PX);
});
