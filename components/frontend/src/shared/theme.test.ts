import { expect, test } from "vitest";
import { brightness } from "./theme";

test("white is bright and black is dark, in every notation", () => {
  expect(brightness("#ffffff")).toBe(1);
  expect(brightness("#FFF")).toBe(1);
  expect(brightness("rgb(255, 255, 255)")).toBe(1);
  expect(brightness("#000000")).toBe(0);
  expect(brightness("#12151B")).toBeLessThan(0.5);
});

test("a colour that cannot be read has no brightness", () => {
  expect(brightness("")).toBeNull();
  expect(brightness("unset")).toBeNull();
});
