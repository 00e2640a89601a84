import { expect, test } from "vitest";
import { duration, epochs, grouped, percent, speed, stepDigits } from "./words";

test("numbers are grouped by thousands", () => {
  expect([0, 999, 1000, 84330, 1234567].map(grouped)).toEqual(["0", "999", "1,000", "84,330", "1,234,567"]);
});

test.each([
  [842, 1200, "000,", "842"],
  [0, 1200, "000,00", "0"],
  [1200, 1200, "00", "1,200"],
  [1_000_000, 2_000_000, "", "1,000,000"],
])("step %i of %i has a fixed width", (step, all, zeros, digits) => {
  expect(stepDigits(step, all)).toEqual({ zeros, digits });
});

test("every step of a run is equally wide", () => {
  const widths = [1, 99, 12_345, 1_200_000].map((step) => {
    const { zeros, digits } = stepDigits(step, 1_200_000);
    return (zeros + digits).length;
  });
  expect(new Set(widths).size).toBe(1);
});

test("speed has three significant digits above a hundred and two below", () => {
  expect([1_234_567, 61_312.7, 128.4, 12.34, 0.523].map(speed)).toEqual(["1.23M", "61,300", "128", "12", "0.52"]);
});

test.each([
  [0.4, "< 1 s"],
  [4.2, "4 s"],
  [99, "99 s"],
  [100, "1 min 40 s"],
  [125, "2 min 05 s"],
  [3599.6, "1 h 00 min"],
  [4320, "1 h 12 min"],
  [180_000, "2 d 2 h"],
])("%d seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test("fractions become percent, and epochs have one decimal", () => {
  expect(percent(0.9772)).toBe("97.7 %");
  expect(percent(0.335, 0)).toBe("34 %");
  expect(epochs(7, 10)).toEqual({ done: "7.0", all: "10" });
  expect(epochs(0.31, 2.5)).toEqual({ done: "0.3", all: "2.5" });
});
