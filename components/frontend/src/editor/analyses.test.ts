import { expect, test } from "vitest";
import { Analyses } from "./analyses";
import type { Analysis, ItemAnalysis } from "./types";

const row = (num_parameters: number): ItemAnalysis => ({
  in_shape: [4],
  out_shape: [4],
  num_parameters,
  copies: 1,
  groups: [0],
});

const answer = (
  rev: number,
  items: Record<string, number>,
  base: number | null = null,
  gone: string[] = [],
): Analysis => ({
  rev,
  base,
  gone,
  items: Object.fromEntries(Object.entries(items).map(([id, count]) => [id, row(count)])),
  problems: [],
  num_parameters: 0,
  num_macs: 0,
  num_blocks: 0,
  groups: [],
});

const counts = (analyses: Analyses) =>
  Object.fromEntries(Object.entries(analyses.newest?.items ?? {}).map(([id, each]) => [id, each.num_parameters]));

test("an answer with a base has the base's items, changed, added and without those that are gone", () => {
  const analyses = new Analyses();
  analyses.receive(answer(0, { i1: 1, i2: 2, i3: 3 }));
  expect(analyses.receive(answer(1, { i2: 20, i4: 4 }, 0, ["i3"]))).toBe(true);
  expect(counts(analyses)).toEqual({ i1: 1, i2: 20, i4: 4 });
});

test("an answer may be based on an older one than the newest", () => {
  const analyses = new Analyses();
  analyses.receive(answer(0, { i1: 1, i2: 2 }));
  analyses.receive(answer(1, { i1: 10 }, 0));
  expect(analyses.receive(answer(2, { i2: 20 }, 0))).toBe(true);
  expect(counts(analyses)).toEqual({ i1: 1, i2: 20 });
});

test("an answer whose base is not here is not taken, unless it says what is known", () => {
  const analyses = new Analyses();
  expect(analyses.receive(answer(4, { i1: 1 }, 3))).toBe(false);
  expect(analyses.newest).toBeNull();
  analyses.receive(answer(4, { i1: 1 }));
  expect(analyses.receive(answer(4, { i1: 1 }, 3))).toBe(true);
});

test("an older answer changes nothing", () => {
  const analyses = new Analyses();
  analyses.receive(answer(2, { i1: 2 }));
  expect(analyses.receive(answer(1, { i1: 1 }))).toBe(true);
  expect(counts(analyses)).toEqual({ i1: 2 });
});

test("rows that say the same stay the same objects", () => {
  const analyses = new Analyses();
  analyses.receive(answer(0, { i1: 1, i2: 2 }));
  const before = analyses.newest?.items;
  analyses.receive(answer(1, { i1: 1, i2: 3 }));
  expect(analyses.newest?.items["i1"]).toBe(before?.["i1"]);
  expect(analyses.newest?.items["i2"]).not.toBe(before?.["i2"]);
});
