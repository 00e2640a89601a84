import { expect, test } from "vitest";
import { layer, outline, repeat, residual, tower } from "./fixture";
import { duplicate } from "./create";
import { shortened } from "./shortened";
import { move, TOWER, updateItem } from "./tree";

const base = tower(layer("i1"), repeat("i2", [residual("i3", [layer("i4")])]), residual("i5"), layer("i6"));
const itemsOf = (edited: typeof base) => shortened(edited, base).network.items;

test("what is as it was is named by its id, and what changed anywhere inside is written out", () => {
  const edited = updateItem(base, "i4", (item) => ({ ...item, out_features: 3 }));
  expect(itemsOf(edited)).toEqual(["i1", edited.network.items[1], "i5", "i6"]);
});

test("items that moved are as they were, and a copy is new", () => {
  expect(itemsOf(move(base, "i6", { list: TOWER, index: 0 }))).toEqual(["i6", "i1", "i2", "i5"]);
  const copied = duplicate(base, "i5")!;
  expect(itemsOf(copied.document)).toEqual(["i1", "i2", "i5", { ...residual("i5"), id: copied.id }, "i6"]);
});

test("an item of an equal document that is not the same object is written out", () => {
  expect(itemsOf(structuredClone(base))).toEqual(base.network.items);
});

test("the rest of the document is whole, and the document itself stays", () => {
  const edited = { ...base, data: { dataset: "mnist" } };
  const { network, ...rest } = shortened(edited, base);
  expect(rest).toEqual({ groups: base.groups, data: { dataset: "mnist" }, training: {} });
  expect(network.next_id).toBe(100);
  expect(outline(edited)).toBe("i1 i2[i3(i4|)] i5(|) i6");
});
