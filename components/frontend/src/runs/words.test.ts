import { expect, test } from "vitest";
import type { RunRow } from "./types";
import { agoText, inFront, shortNames, SIGNS, toggled, TONES, wholeText } from "./words";

const row = (changes: Partial<RunRow> = {}): RunRow => ({
  id: "a",
  number: 3,
  name: "digits-residual",
  differs: "seed 1",
  differs_whole: "seed 1 · batch size 16",
  status: "finished",
  reason: "",
  tags: [],
  notes: "",
  colour: "#3B7DE0",
  dash: "dash",
  seconds_ago: 90,
  val_accuracy: 0.9722,
  best_accuracy: 0.9815,
  best_step: 120,
  ...changes,
});

test("names of runs stay different", () => {
  const rows = ["with", "without"].map((word) => row({ id: word, name: `fifty layers on digits ${word} a shortcut` }));
  expect([...shortNames(rows, 24).keys()]).toEqual(["with", "without"]);
  expect(new Set(shortNames(rows, 24).values()).size).toBe(2);
});

test("the hover has everything", () => {
  expect(wholeText(row())).toBe(
    "#3 digits-residual\nseed 1 · batch size 16\nfinished\nvalidation accuracy 97.22 %, best 98.15 % at step 120",
  );
  const diverged = row({ status: "diverged", reason: "The loss became nan.", differs_whole: "", val_accuracy: null });
  expect(wholeText(diverged)).toBe("#3 digits-residual\ndiverged: The loss became nan.");
  const noted = row({ val_accuracy: null, differs_whole: "", tags: ["best", "for class"], notes: "Try again." });
  expect(wholeText(noted)).toBe("#3 digits-residual\nfinished\n#best #for class\nTry again.");
});

test("every state has a sign and a tone", () => {
  expect(Object.keys(SIGNS)).toEqual(Object.keys(TONES));
  for (const sign of Object.values(SIGNS)) expect(sign).not.toBe("");
});

test("a run is added last, taken away, or brought to the front; no more than fit", () => {
  expect(toggled(["a", "b"], "c", 6)).toEqual(["a", "b", "c"]);
  expect(toggled(["a", "b"], "a", 6)).toEqual(["b"]);
  expect(toggled(["a", "b"], "c", 2)).toEqual(["a", "b"]);
  expect(inFront(["a", "b", "c"], "c")).toEqual(["c", "a", "b"]);
});

test("time past is told roughly", () => {
  expect([5, 125, 3700].map(agoText)).toEqual(["just now", "2 min ago", "1 h 01 min ago"]);
});
