import { expect, test } from "vitest";
import { tower } from "./fixture";
import { addGroup, applyGrouping, moveGroup, nameProblem, removeGroup } from "./groups";

const names = (document: ReturnType<typeof tower>) => document.groups.map((group) => group.name);

test("a new group comes first, so that it gets what it asks for, and the last one takes the rest", () => {
  const document = addGroup(addGroup(tower(), { lanes: ["gate"] }, "gate"), { lanes: ["body"] }, "body");
  expect(names(document)).toEqual(["body", "gate", "all"]);
  expect(document.groups.at(-1)?.rule).toEqual({});
  expect(new Set(document.groups.map((group) => group.colour)).size).toBe(3);
  expect(document.groups[0]?.["learning_rate"]).toBe(0.1);
});

test("the last group stays last and cannot be removed", () => {
  const document = addGroup(addGroup(tower(), {}, "new"), {}, "new");
  expect(moveGroup(document, 2, -1)).toBe(document);
  expect(moveGroup(document, 1, 1)).toBe(document);
  expect(names(moveGroup(document, 0, 1))).toEqual(["new", "new 2", "all"]);
  expect(removeGroup(document, 2)).toBe(document);
  expect(names(removeGroup(document, 0))).toEqual(["new", "all"]);
});

test("a name belongs to one group", () => {
  const { groups } = addGroup(tower(), {}, "new");
  expect(nameProblem(groups, 0, "all")).toContain("all");
  expect(nameProblem(groups, 1, "all")).toBeNull();
  expect(nameProblem(groups, 1, "  ")).not.toBeNull();
});

test("a grouping replaces all groups and keeps its own rates", () => {
  const group = { name: "x", colour: "#000000", rule: {}, learning_rate: 9, weight_decay: 0.5 };
  const grouping = { name: "one", title: "", sentence: "", groups: [group] };
  expect(applyGrouping(tower(), grouping).groups).toEqual([group]);
});
