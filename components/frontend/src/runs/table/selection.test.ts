import { expect, test } from "vitest";
import { Selection } from "./selection";

const ORDER = ["a", "b", "c", "d", "e"];
const keys = (changes = {}) => ({ shiftKey: false, ctrlKey: false, metaKey: false, ...changes });

test("a click selects one, Ctrl adds or takes away, Shift selects all up to there", () => {
  const selection = new Selection();
  selection.press("b", ORDER, keys());
  selection.press("d", ORDER, keys({ ctrlKey: true }));
  expect([...selection.ids]).toEqual(["b", "d"]);
  selection.press("b", ORDER, keys({ metaKey: true }));
  expect([...selection.ids]).toEqual(["d"]);
  selection.press("d", ORDER, keys());
  selection.press("b", ORDER, keys({ shiftKey: true }));
  expect([...selection.ids]).toEqual(["b", "c", "d"]);
  selection.press("e", ORDER, keys({ shiftKey: true }));
  expect([...selection.ids]).toEqual(["d", "e"]);
});

test("arrows go as far as the list, with Shift they extend", () => {
  const selection = new Selection();
  selection.move(1, ORDER, false);
  expect(selection.active).toBe("a");
  selection.move(-1, ORDER, false);
  expect(selection.active).toBe("a");
  selection.move(2, ORDER, true);
  expect([...selection.ids]).toEqual(["a", "b", "c"]);
  selection.move(99, ORDER, false);
  expect([selection.active, ...selection.ids]).toEqual(["e", "e"]);
  selection.move(1, [], false);
  expect(selection.active).toBe("e");
});

test("when the active row goes, its place is taken by the one after it", () => {
  const selection = new Selection();
  selection.press("c", ORDER, keys());
  selection.keep(["a", "b", "d", "e"], ORDER);
  expect([selection.active, ...selection.ids]).toEqual(["d", "d"]);
  selection.press("e", ORDER, keys());
  selection.keep(["a", "b", "d"], ["a", "b", "d", "e"]);
  expect(selection.active).toBe("d");
  selection.keep([], ["a", "b", "d"]);
  expect([selection.active, selection.ids.size]).toEqual([null, 0]);
});
