import { expect, test } from "vitest";
import { fileName } from "./save";

test("a file's name has no sign that a file system refuses", () => {
  expect(fileName("loss run #3 ../été", "png")).toBe("loss-run-3-ete.png");
  expect(fileName("///", "csv")).toBe("chart.csv");
});
