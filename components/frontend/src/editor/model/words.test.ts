import { expect, test } from "vitest";
import { catalogue, layer, residual } from "./fixture";
import { countText, epochText, lineOf, macsText, numberText, ruleText, shapeText, summaryOf } from "./words";

test("a repeated pattern is written once", () => {
  expect(lineOf(["linear", "relu", "linear", "relu"])).toBe("2 × (linear · relu)");
  expect(lineOf(["conv", "conv", "conv"])).toBe("3 × conv");
  expect(lineOf(["norm", "relu", "conv"])).toBe("norm · relu · conv");
  expect(lineOf([])).toBe("");
});

test("a block's line tells body, shortcut and activation", () => {
  const block = residual("i1", [layer("i2"), layer("i3", "activation")], [layer("i4", "match")]);
  expect(summaryOf(catalogue, { ...block, activation: "leaky_relu" })).toBe(
    "linear · relu, shortcut match, then leaky relu",
  );
  expect(summaryOf(catalogue, layer("i1"))).toBe("64 units");
});

test("a value that the item leaves out is its default", () => {
  expect(summaryOf(catalogue, { id: "i1", kind: "linear" })).toBe("64 units");
});

test("numbers, counts and shapes read as the field writes them", () => {
  expect(numberText(0.1)).toBe("0.1");
  expect(numberText(1e-8)).toBe("1e-8");
  expect(numberText(2.5e-4)).toBe("2.5e-4");
  expect(countText(84330)).toBe("84,330");
  expect(macsText(83_456)).toBe("0.08 M");
  expect(epochText(0.02)).toBe("0.1 s an epoch");
  expect(epochText(2.36)).toBe("2.4 s an epoch");
  expect(epochText(431.7)).toBe("7 min 12 s an epoch");
  expect(shapeText([1, 8, 8])).toBe("1×8×8");
  expect(shapeText(null)).toBe("?");
});

test("a rule is told by its conditions, and none takes everything else", () => {
  const schema = { properties: { lanes: { title: "Lanes" }, depth_from: { title: "From depth" } } };
  expect(ruleText({ items: [], lanes: ["body", "gate"], depth_from: null }, schema)).toBe("lanes body, gate");
  expect(ruleText({ items: [], lanes: [], depth_from: null }, schema)).toBe("everything else");
});
