import { expect, test } from "vitest";
import { Gesture } from "./gesture";

test("every edit of a gesture says with which rev it began, the settled one too", () => {
  const gesture = new Gesture();
  expect([gesture.edit("rate", false, 4), gesture.edit("rate", false, 5), gesture.edit("rate", true, 6)]).toEqual([
    4, 4, 4,
  ]);
});

test("after the settled edit another gesture begins, also at the same place", () => {
  const gesture = new Gesture();
  gesture.edit("rate", false, 1);
  gesture.edit("rate", true, 2);
  expect(gesture.edit("rate", false, 3)).toBe(3);
});

test("a gesture that ends without another edit is over", () => {
  const gesture = new Gesture();
  gesture.edit("rate", false, 1);
  gesture.end();
  expect(gesture.edit("rate", false, 2)).toBe(2);
});

test("an edit elsewhere, or at no place, is a gesture of its own", () => {
  const gesture = new Gesture();
  gesture.edit("rate", false, 1);
  expect(gesture.edit("momentum", false, 2)).toBe(2);
  expect(gesture.edit(null, false, 3)).toBe(3);
  expect(gesture.edit(null, false, 4)).toBe(4);
});
