import { expect, test } from "vitest";
import type { ExperimentDocument } from "../types";
import { catalogue, layer, outline, repeat, residual, tower } from "./fixture";
import { accepts, clickPlace, stepPlace } from "./rules";
import { move, TOWER } from "./tree";

const body = { owner: "i2", field: "body" } as const;
const shortcut = { owner: "i2", field: "shortcut" } as const;
const open = () => true;
const closed = () => false;

test("lanes take layers only, and what needs a body's shape goes into shortcuts only", () => {
  expect(accepts(TOWER, "block")).toBe(true);
  expect(accepts(TOWER, "shortcut_layer")).toBe(false);
  expect([accepts(body, "layer"), accepts(body, "block"), accepts(body, "repeat")]).toEqual([true, false, false]);
  expect([accepts(body, "shortcut_layer"), accepts(shortcut, "shortcut_layer")]).toEqual([false, true]);
});

test("a click appends before the head, and at the end where there is none", () => {
  const headless = tower(layer("i1"), residual("i2"));
  expect(clickPlace(headless, "block", null)).toEqual({ list: TOWER, index: 2 });
  const whole = tower(layer("i1"), layer("i3", "linear", { out_features: "classes" }));
  expect(clickPlace(whole, "block", null)).toEqual({ list: TOWER, index: 1 });
});

test("a click with something selected inserts after it", () => {
  const document = tower(layer("i1"), repeat("i4", [residual("i2", [layer("i3")])]));
  expect(clickPlace(document, "block", "i1")).toEqual({ list: TOWER, index: 1 });
  expect(clickPlace(document, "block", "i2")).toEqual({ list: { owner: "i4", field: "items" }, index: 1 });
  expect(clickPlace(document, "layer", "i3")).toEqual({ list: body, index: 1 });
  expect(clickPlace(document, "block", "i3")).toEqual({ list: { owner: "i4", field: "items" }, index: 1 });
  expect(clickPlace(document, "shortcut_layer", "i2")).toEqual({ list: shortcut, index: 0 });
});

test("a click fills a selected empty repeat", () => {
  expect(clickPlace(tower(repeat("i4", [])), "block", "i4")).toEqual({
    list: { owner: "i4", field: "items" },
    index: 0,
  });
});

test("what can stand nowhere gets no place", () => {
  expect(clickPlace(tower(layer("i1")), "shortcut_layer", null)).toBeNull();
});

function walkDown(document: ExperimentDocument, id: string, isOpen = open): string[] {
  const seen = [];
  let current = document;
  for (let place; (place = stepPlace(current, catalogue, id, 1, isOpen)) !== null;) {
    current = move(current, id, place);
    seen.push(outline(current));
  }
  return seen;
}

test("a block walks down into a repeat and out of it", () => {
  expect(walkDown(tower(residual("i1"), repeat("i2", [layer("i3")]), layer("i4")), "i1")).toEqual([
    "i2[i1(|) i3] i4",
    "i2[i3 i1(|)] i4",
    "i2[i3] i1(|) i4",
    "i2[i3] i4 i1(|)",
  ]);
});

test("a layer walks down through both lanes of an open block", () => {
  expect(walkDown(tower(layer("i1"), residual("i2", [layer("i3")])), "i1")).toEqual([
    "i2(i1 i3|)",
    "i2(i3 i1|)",
    "i2(i3|i1)",
    "i2(i3|) i1",
  ]);
});

test("a closed neighbour is passed", () => {
  expect(walkDown(tower(layer("i1"), repeat("i2", [layer("i3")])), "i1", closed)).toEqual(["i2[i3] i1"]);
});

test("a block walks past an open block, for lanes do not take it", () => {
  expect(walkDown(tower(residual("i1"), residual("i2")), "i1")).toEqual(["i2(|) i1(|)"]);
});

test("a step down and a step up come back to the same document, wherever it stands", () => {
  let document = tower(layer("i1"), residual("i2", [layer("i3")], [layer("i4")]), repeat("i5", [repeat("i6", [])]));
  for (let place; (place = stepPlace(document, catalogue, "i1", 1, open)) !== null;) {
    const after = move(document, "i1", place);
    const back = stepPlace(after, catalogue, "i1", -1, open);
    expect(back && outline(move(after, "i1", back))).toBe(outline(document));
    document = after;
  }
  expect(outline(document)).toBe("i2(i3|i4) i5[i6[]] i1");
});
