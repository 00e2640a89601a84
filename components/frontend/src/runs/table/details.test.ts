import { expect, test } from "vitest";
import { whyKept } from "./details";
import { tableRow } from "./fixture";

test("a live run cannot be deleted and says why", () => {
  expect(whyKept([tableRow(1), tableRow(2, { status: "queued" })])).toBe("");
  expect(whyKept([tableRow(1), tableRow(2, { status: "running" })])).toBe("#2 is running: stop it before deleting.");
  const live = [3, 4].map((number) => tableRow(number, { status: "paused" }));
  expect(whyKept(live)).toBe("#3, #4 are not at their end: stop them before deleting.");
});
