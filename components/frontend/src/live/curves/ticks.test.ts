import { describe, expect, it } from "vitest";
import type { Range } from "../axis";
import { horizontalTicks, verticalTicks } from "./ticks";

describe("a linear vertical axis", () => {
  it.each<[Range, number, string, string[]]>([
    [[0, 2.9], 4, "", ["0", "1", "2"]],
    [[0.11, 0.18], 4, "", ["0.12", "0.14", "0.16", "0.18"]],
    [[0, 1], 6, ".0%", ["0%", "20%", "40%", "60%", "80%", "100%"]],
    [[0.971, 0.978], 5, ".0%", ["97.2%", "97.4%", "97.6%", "97.8%"]],
    [[0, 3e6], 4, "", ["0M", "1M", "2M", "3M"]],
    [[1e-5, 4e-5], 4, "", ["10µ", "20µ", "30µ", "40µ"]],
  ])("of %j with room for %i says %s as digits tell apart", (range, most, specifier, words) => {
    expect(verticalTicks(range, "linear", null, most, specifier).map(({ text }) => text)).toEqual(words);
  });

  it.each([2, 3, 4, 5, 6])("has at most %i ticks", (most) => {
    for (let power = -6; power <= 6; power++) {
      const ticks = verticalTicks([-0.3 * 10 ** power, 2.77 * 10 ** power], "linear", null, most, "");
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(most);
    }
  });
});

it("stands in powers of ten on a logarithmic axis, and its floor says 0", () => {
  const ticks = verticalTicks([-4, 1], "log", 1e-4, 6, "");
  expect(ticks[0]).toEqual({ at: -4, text: "0" });
  expect(ticks.slice(1).map(({ at, text }) => [at, text])).toContainEqual([-2, "1e-2"]);
});

describe("an axis of time", () => {
  it("counts whole steps only", () => {
    expect(horizontalTicks([0, 3], "steps", false, 5).map(({ text }) => text)).toEqual(["0", "1", "2", "3"]);
    expect(horizontalTicks([0, 20_000], "steps", false, 5).at(-1)?.text).toBe("20,000");
  });

  it("says once what is counted", () => {
    expect(horizontalTicks([0, 40], "epochs", false, 5).map(({ text }) => text)).toEqual([
      "0",
      "10",
      "20",
      "30",
      "40 ep.",
    ]);
    expect(horizontalTicks([0, 1], "seconds", false, 2).at(-1)?.text).toMatch(/ s$/);
  });

  it("has decades where it is logarithmic", () => {
    const ticks = horizontalTicks([0, 3], "steps", true, 5);
    expect(ticks.map(({ at, text }) => [at, text])).toEqual([
      [0, "1"],
      [1, "10"],
      [2, "100"],
      [3, "1,000"],
    ]);
  });
});
