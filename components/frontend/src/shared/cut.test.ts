import { expect, test } from "vitest";
import { cutApart, cutInTheMiddle } from "./cut";

test("what fits stays, and of what does not the middle goes", () => {
  expect(cutInTheMiddle("short", 5)).toBe("short");
  expect(cutInTheMiddle("bodies of the stage", 11)).toBe("bodie…stage");
});

test("names that differ in their middle, or only late, stay different", () => {
  for (const words of [
    ["with", "without"],
    ["He init", "Xavier init"],
    ["0.1", "0.2"],
  ]) {
    const names = words.map((word) => `fifty layers on digits ${word} and a shortcut around each block`);
    const cut = cutApart([...names, "digits"], 24);
    expect(new Set(cut).size).toBe(3);
    for (const name of cut) expect([...name].length).toBeLessThanOrEqual(24);
    expect(cut[2]).toBe("digits");
  }
});

test("equal names stay equal: something else tells them apart", () => {
  expect(cutApart(["a", "a"], 5)).toEqual(["a", "a"]);
});
