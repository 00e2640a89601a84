import { expect, test } from "vitest";
import type { Item } from "../types";
import { catalogue, layer, residual } from "./fixture";
import { same, swapKind } from "./kinds";

const block: Item = { ...residual("i1", [layer("i2")], [layer("i3")]), alpha: 0.5 };

test("swapping there and back gives the identical block", () => {
  for (const kind of ["plain", "highway"]) {
    expect(swapKind(catalogue, swapKind(catalogue, block, kind), "residual")).toEqual(block);
  }
});

test("a way round over all kinds gives the identical block", () => {
  let swapped = block;
  for (const kind of ["plain", "highway", "plain", "residual"]) swapped = swapKind(catalogue, swapped, kind);
  expect(swapped).toEqual(block);
});

test("lanes stay the same objects and defaults are not parked", () => {
  const swapped = swapKind(catalogue, block, "highway");
  expect(swapped["body"]).toBe(block["body"]);
  expect(swapped["shortcut"]).toBe(block["shortcut"]);
  expect(swapped["parked"]).toEqual({ residual: { alpha: 0.5 } });
  expect(swapped["gate_bias_init"]).toBe(-2);
  expect("alpha" in swapped).toBe(false);
});

test("a layer's kind does not change", () => {
  const linear = layer("i9");
  expect(swapKind(catalogue, linear, "residual")).toBe(linear);
});

test("sameness looks into objects and lists", () => {
  expect(same({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(same({ a: 1, b: null }, { b: null, a: 1 })).toBe(true);
  expect(same([1], { 0: 1 })).toBe(false);
  expect(same({ a: undefined }, { b: 1 })).toBe(false);
});
