import { expect, test } from "vitest";
import { learning, whyNotFreeze, whyNotSolo } from "./learning";
import type { Group, Setting } from "./types";

const group = (name: string, frozen = false, num_parameters = 10): Group => ({
  name,
  frozen,
  num_parameters,
  colour: "#4477AA",
  learning_rate: 0.1,
  weight_decay: 0,
});

const groups = [group("Stem"), group("Head"), group("Still", true), group("Nobody", false, 0)];
const of = (name: string): Setting => groups.find((each) => each.name === name)!;

test("frozen groups and those without parameters do not learn, and beside a solo nobody does", () => {
  expect([...learning(groups, of, null)]).toEqual(["Stem", "Head"]);
  expect([...learning(groups, of, "Head")]).toEqual(["Head"]);
});

test("the last group that learns is not frozen, whether it is alone or solo", () => {
  expect(whyNotFreeze("Stem", learning(groups, of, null), null)).toBe("");
  expect(whyNotFreeze("Stem", new Set(["Stem"]), null)).toContain("only group");
  expect(whyNotFreeze("Head", learning(groups, of, "Head"), "Head")).toContain("solo");
  expect(whyNotFreeze("Stem", learning(groups, of, "Head"), "Head")).toBe("");
});

test("what could not learn alone is not made solo", () => {
  expect(whyNotSolo(groups[0]!, groups[0]!)).toBe("");
  expect(whyNotSolo(groups[2]!, groups[2]!)).toContain("frozen");
  expect(whyNotSolo(groups[3]!, groups[3]!)).toContain("no parameters");
});
