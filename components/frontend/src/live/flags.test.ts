import { expect, test } from "vitest";
import { flagAt, labelsOf } from "./flags";
import type { Range } from "./axis";
import type { Flag } from "./message";

const flag = (x: number, text = "bodies ×½"): Flag => ({ run: "r1", x, text, colour: "#2F7FD0", back: ["r1", x] });
const frame = (flags: Flag[], isLarge = false) => ({
  flags,
  zoom: { x: null },
  span: [0, 100] as Range,
  over: { isLog: false },
  isLarge,
});

test("words stand beside each other and never over each other; the newest comes first", () => {
  expect(labelsOf(frame([flag(10), flag(90)]), 200).map((label) => [label.x, label.row])).toEqual([
    [10, 0],
    [90, 0],
  ]);
  expect(labelsOf(frame([flag(30), flag(31), flag(32)]), 200).map((label) => [label.x, label.anchor])).toEqual([
    [31, "right"],
    [32, "left"],
  ]);
});

test("a large chart has several rows of words", () => {
  const labels = labelsOf(frame([flag(1), flag(2), flag(3), flag(4)], true), 200);
  expect(labels.map((label) => [label.x, label.row])).toEqual([
    [2, 2],
    [3, 1],
    [4, 0],
  ]);
});

test("words lean into the plot, and those out of sight are left out", () => {
  const [left, right] = labelsOf(frame([flag(5), flag(95)]), 400);
  expect([left!.anchor, right!.anchor]).toEqual(["left", "right"]);
  expect(labelsOf({ ...frame([flag(5), flag(95)]), zoom: { x: [50, 100] } }, 400).map((label) => label.x)).toEqual([
    95,
  ]);
});

test("a long name loses its middle and is whole on hover", () => {
  const text = "the weights of the last stage ×½";
  const [label] = labelsOf(frame([flag(50, text)]), 400);
  expect(label!.text).toBe("the weights o…ast stage ×½");
  expect(label!.whole).toBe(text);
});

test("of words with markup in them whole characters are cut, and they stay text", () => {
  const [label] = labelsOf(frame([flag(10, "&lt;b&gt;a long name of a group&lt;/b&gt; → 0.5")]), 400);
  expect(label!.text).toMatch(/^&lt;b&gt;a long.*…/);
  expect(label!.text.replace(/&(lt|gt|amp);/g, "")).not.toMatch(/[<>&;]/);
});

test("a click within reach of a flag's line is meant for the nearest one", () => {
  const flags = [flag(10), flag(12), flag(90)];
  expect(flagAt(frame(flags), 400, 4 * 11.4, 5)!.x).toBe(12);
  expect(flagAt(frame(flags), 400, 4 * 10 - 5, 5)!.x).toBe(10);
  expect(flagAt(frame(flags), 400, 200, 5)).toBeNull();
  expect(flagAt({ ...frame(flags), zoom: { x: [80, 100] } }, 400, 200, 5)!.x).toBe(90);
});

test("on a logarithmic axis flags stand at their ratios, and one before the first step has no place", () => {
  const onLog = { ...frame([flag(0), flag(10), flag(100)]), span: [0, 2] as Range, over: { isLog: true } };
  expect(labelsOf(onLog, 200).map((label) => label.x)).toEqual([1, 2]);
  expect(flagAt(onLog, 200, 103, 5)!.x).toBe(10);
  expect(flagAt(onLog, 200, 0, 5)).toBeNull();
});
