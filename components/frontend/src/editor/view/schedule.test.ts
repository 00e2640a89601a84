import { expect, test } from "vitest";
import { curvePath } from "./schedule";

test("the curve spans the box: the first step left, the last right, the highest rate at the top, zero at the bottom", () => {
  expect(curvePath([0, 50, 100], [0, 0.2, 0.1], 200, 50)).toBe("M0.0 50.0L100.0 0.0L200.0 25.0");
});

test("a rate of zero everywhere is a line at the bottom", () => {
  expect(curvePath([0, 10], [0, 0], 100, 50)).toBe("M0.0 50.0L100.0 50.0");
});
