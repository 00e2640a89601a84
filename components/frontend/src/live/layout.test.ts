import { expect, it } from "vitest";
import { mostTicks } from "./layout";

it("lets ticks have room over each other, however low the chart is", () => {
  expect(mostTicks({ isLarge: false, height: 130 })).toBe(6);
  expect(mostTicks({ isLarge: false, height: 70 })).toBe(3);
  expect(mostTicks({ isLarge: false, height: 40 })).toBe(2);
});

it("has twelve at most where a chart is large", () => {
  expect(mostTicks({ isLarge: true, height: 500 })).toBe(12);
});
