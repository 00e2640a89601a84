import { expect, test } from "vitest";
import { commonTags, parseTags, retagged } from "./tags";

test("tags are words between commas, each once", () => {
  expect(parseTags(" #best, for  class,,Best, # ")).toEqual(["best", "for class"]);
  expect(parseTags("")).toEqual([]);
});

test("of several runs those tags are edited that all have", () => {
  const all = [
    ["a", "b", "c"],
    ["c", "a"],
  ];
  const common = commonTags(all);
  expect(common).toEqual(["a", "c"]);
  expect(all.map((own) => retagged(own, common, ["a", "new"]))).toEqual([
    ["a", "b", "new"],
    ["a", "new"],
  ]);
  expect(commonTags([])).toEqual([]);
});
