import { expect, test } from "vitest";
import type { Item } from "../types";
import { applyRecipe, duplicate, insertNew, shapeAt, unwrap, wrap } from "./create";
import { analysisOf, catalogue, layer, outline, repeat, residual, tower } from "./fixture";
import { find, TOWER, walk } from "./tree";

test("a new block gets the default body with the width that flows into it", () => {
  const before = tower(layer("i1"), layer("i2"));
  const analysis = analysisOf({ i1: [[64], [32]], i2: [[32], [10]] });
  const made = insertNew(before, catalogue, analysis, "residual", { list: TOWER, index: 1 });
  expect(made?.id).toBe("i100");
  expect(outline(made!.document)).toBe("i1 i100(i101 i102|) i2");
  expect(find(made!.document, "i101")?.item["out_features"]).toBe(32);
  expect(find(made!.document, "i102")?.item["function"]).toBe("relu");
  expect(made!.document.network.next_id).toBe(103);
});

test("at the tower's start the data's shape chooses the body", () => {
  const made = insertNew(tower(), catalogue, null, "residual", { list: TOWER, index: 0 });
  expect((made!.document.network.items[0]?.["body"] as Item[])[0]?.["out_channels"]).toBe(1);
});

test("inside an empty repeat the shape is the repeat's input", () => {
  const document = tower(layer("i1"), repeat("i2", []));
  const place = { list: { owner: "i2", field: "items" }, index: 0 } as const;
  expect(shapeAt(document, catalogue, analysisOf({ i1: [[64], [48]] }), place)).toEqual([48]);
  expect(shapeAt(document, catalogue, analysisOf({ i2: [[24], null] }), place)).toEqual([24]);
});

test("a duplicate has new ids throughout and follows the original", () => {
  const before = tower(repeat("i1", [residual("i2", [layer("i3")])]), layer("i4"));
  const made = duplicate(before, "i1");
  expect(outline(made!.document)).toBe("i1[i2(i3|)] i100[i101(i102|)] i4");
  const ids = [...walk(made!.document.network.items)].map((item) => item.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(outline(before)).toBe("i1[i2(i3|)] i4");
});

test("wrapping and unwrapping give the same tower, with the number used up", () => {
  const before = tower(layer("i1"), residual("i2"));
  const made = wrap(before, catalogue.kinds["repeat"]!.template, "i2");
  expect(outline(made!.document)).toBe("i1 i100[i2(|)]");
  const after = unwrap(made!.document, made!.id);
  expect(after.network.items).toEqual(before.network.items);
  expect(after.network.next_id).toBe(101);
});

test("a layer in a lane cannot be wrapped", () => {
  expect(wrap(tower(residual("i1", [layer("i2")])), catalogue.kinds["repeat"]!.template, "i2")).toBeNull();
});

test("a recipe replaces its lane and leaves the other", () => {
  const before = tower(residual("i1", [layer("i2")], [layer("i3")]));
  const after = applyRecipe(before, catalogue, null, "i1", catalogue.recipes[2]!);
  expect(outline(after)).toBe("i1(i2|i100)");
});
