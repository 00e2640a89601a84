import { expect, test } from "vitest";
import { layer, outline, repeat, residual, tower } from "./fixture";
import { find, move, parseListKey, listKey, remove, TOWER, updateItem, walk } from "./tree";

const nested = () =>
  tower(
    layer("i1"),
    repeat("i2", [residual("i3", [layer("i4"), layer("i5")]), repeat("i6", [layer("i7")])]),
    layer("i8"),
  );

test("moving within a list counts places without the moved item", () => {
  expect(outline(move(nested(), "i1", { list: TOWER, index: 2 }))).toBe("i2[i3(i4 i5|) i6[i7]] i8 i1");
  expect(outline(move(nested(), "i8", { list: TOWER, index: 0 }))).toBe("i8 i1 i2[i3(i4 i5|) i6[i7]]");
});

test("an item moves into a repeat that is two deep, and out again to the same document", () => {
  const inside = move(nested(), "i1", { list: { owner: "i6", field: "items" }, index: 1 });
  expect(outline(inside)).toBe("i2[i3(i4 i5|) i6[i7 i1]] i8");
  expect(move(inside, "i1", { list: TOWER, index: 0 })).toEqual(nested());
});

test("a layer moves between lanes", () => {
  const moved = move(nested(), "i5", { list: { owner: "i3", field: "shortcut" }, index: 0 });
  expect(outline(moved)).toBe("i1 i2[i3(i4|i5) i6[i7]] i8");
});

test("a repeat cannot go into itself", () => {
  const before = nested();
  expect(move(before, "i2", { list: { owner: "i6", field: "items" }, index: 0 })).toBe(before);
});

test("a move to where it stands changes nothing", () => {
  const before = nested();
  expect(move(before, "i8", { list: TOWER, index: 2 })).toBe(before);
});

test("every move keeps every item exactly once", () => {
  const ids = [...walk(nested().network.items)].map((item) => item.id).sort();
  const lists = ["tower", "i2/items", "i6/items", "i3/body", "i3/shortcut"];
  for (const id of ids) {
    for (const list of lists) {
      for (let index = 0; index < 3; index++) {
        const moved = move(nested(), id, { list: parseListKey(list), index });
        expect([...walk(moved.network.items)].map((item) => item.id).sort()).toEqual(ids);
      }
    }
  }
});

test("an update copies only the path to the item", () => {
  const before = nested();
  const after = updateItem(before, "i7", (item) => ({ ...item, out_features: 3 }));
  expect(after.network.items[0]).toBe(before.network.items[0]);
  expect(after.network.items[1]).not.toBe(before.network.items[1]);
  expect((after.network.items[1]?.["items"] as object[])[0]).toBe((before.network.items[1]?.["items"] as object[])[0]);
  expect(find(after, "i7")?.item["out_features"]).toBe(3);
  expect(updateItem(before, "i99", (item) => ({ ...item }))).toBe(before);
});

test("removing takes what is inside along", () => {
  expect(outline(remove(nested(), "i2"))).toBe("i1 i8");
  expect(outline(remove(nested(), "i5"))).toBe("i1 i2[i3(i4|) i6[i7]] i8");
});

test("find tells the repeats and blocks around an item, outermost first", () => {
  expect(find(nested(), "i5")?.ancestors.map((item) => item.id)).toEqual(["i2", "i3"]);
  expect(find(nested(), "i99")).toBeNull();
});

test("a list's key reads back", () => {
  for (const key of ["tower", "i2/items", "i3/body", "i3/shortcut"]) expect(listKey(parseListKey(key))).toBe(key);
});
