import { expect, test } from "vitest";
import { aRun } from "./fixture";
import { addressOf, queuedWords, shortWait, waitWords } from "./queue";
import type { Holder, Queue } from "./types";

const holder = (changes: Partial<Holder> = {}): Holder => ({
  run: "r4",
  experiment: "e1",
  name: "#4 digits",
  status: "running",
  ...changes,
});
const queue = (changes: Partial<Queue> = {}): Queue => ({
  place: 1,
  length: 2,
  slots: 2,
  holders: [holder(), holder({ run: "r5", name: "#5 spirals", status: "paused" })],
  ...changes,
});

test("a queued run says its place and who holds the slots", () => {
  expect(queuedWords(aRun("queued", { queue: queue() }))).toBe("queued, place 1 of 2");
  expect(queuedWords(aRun("queued"))).toBe("queued");
  expect(shortWait(queue())).toBe("behind #4 digits, #5 spirals");
});

test("it says what to do, and that a paused run keeps its slot", () => {
  expect(waitWords(queue())).toBe(
    "All 2 slots are held, by #4 digits (running) and #5 spirals (paused). " +
      "This run starts as soon as one of them ends: wait, or stop one. A paused run keeps its slot.",
  );
  expect(waitWords(queue({ place: 3, length: 3, slots: 1, holders: [holder()] }))).toBe(
    "The only slot is held by #4 digits (running). " +
      "This run starts after 2 more in the queue, as soon as it ends: wait, or stop it.",
  );
});

test("where a slot is free it starts at once", () => {
  expect(shortWait(queue({ holders: [holder()] }))).toBe("starts at once");
  expect(waitWords(queue({ holders: [] }))).toBe("A slot is free: it starts in a moment.");
});

test("a run that holds a slot has an address", () => {
  expect(addressOf(holder())).toBe("?experiment=e1&run=r4");
  expect(addressOf(holder({ experiment: null, run: "a&b" }))).toBe("?run=a%26b");
});
