import { expect, test } from "vitest";
import {
  HIGHEST,
  LIMIT,
  LOWEST,
  countText,
  meterText,
  nudged,
  parseRate,
  position,
  rateAt,
  rateText,
  scaled,
} from "./rate";

test("the slider's ends are its lowest and highest rate", () => {
  expect([position(LOWEST), position(HIGHEST)]).toEqual([0, 1]);
  expect([rateAt(0), rateAt(1)]).toEqual([LOWEST, HIGHEST]);
});

test("every decade is equally high", () => {
  for (let exponent = -6; exponent < 1; exponent++) {
    expect(position(10 ** (exponent + 1)) - position(10 ** exponent)).toBeCloseTo(1 / 7);
  }
});

test("a rate of two digits survives the way to the slider and back", () => {
  for (const rate of [1e-6, 3.3e-5, 4.7e-4, 1e-2, 0.1, 0.55, 1, 9.9]) expect(rateAt(position(rate))).toBe(rate);
});

test("rates beyond the slider stand at its ends", () => {
  expect([position(0), position(1e-9), position(50)]).toEqual([0, 0, 1]);
  expect([rateAt(-0.3), rateAt(1.4)]).toEqual([LOWEST, HIGHEST]);
});

test("halving and doubling undo each other, without noise", () => {
  expect(scaled(0.3, 2)).toBe(0.6);
  expect(scaled(scaled(0.07, 0.5), 2)).toBe(0.07);
  expect(scaled(80, 2)).toBe(LIMIT);
  expect(scaled(0, 0.5)).toBe(0);
  expect(scaled(0, 2)).toBe(LOWEST);
});

test("keys move by a tenth and stay within the limits", () => {
  expect(nudged(0.01, 1.1)).toBe(0.011);
  expect(nudged(0, 1.1)).toBe(LOWEST);
  expect(nudged(LOWEST, 0.5)).toBe(LOWEST);
  expect(nudged(99, 2)).toBe(LIMIT);
});

test.each([
  ["0.01", 0.01],
  ["1e-3", 0.001],
  [" 2.5E-4 ", 0.00025],
  [".5", 0.5],
  ["5.", 5],
  ["0", 0],
  ["100", 100],
])("%j is a rate", (text, rate) => {
  expect(parseRate(text)).toEqual({ rate });
});

test.each(["", "fast", "1e", "0,01", "-0.1", "1e-3x", "NaN", "Infinity", "0x10", "101", "1e999"])(
  "%j is no rate and says so",
  (text) => {
    expect(parseRate(text)).toHaveProperty("problem", expect.stringMatching(/\w/));
  },
);

test("rates read short, and what they read as is a rate again", () => {
  expect([0, 1e-2, 0.03, 0.1, 1, 10, 1.25e-4, 1e-6].map(rateText)).toEqual([
    "0",
    "1e-2",
    "3e-2",
    "0.1",
    "1",
    "10",
    "1.25e-4",
    "1e-6",
  ]);
  for (const rate of [0.0312, 1.25e-4, 7, 100]) expect(parseRate(rateText(rate))).toEqual({ rate });
});

test("meters have two digits, and a dash for nothing", () => {
  expect([null, 0, 0.00813, 0.1234, 12.3, 1234, 123_456, 1e20, "∞"].map(meterText)).toEqual([
    "—",
    "0",
    "8.1e-3",
    "0.12",
    "12",
    "1200",
    "1.2e5",
    "1e20",
    "∞",
  ]);
});

test("counts are exact while they are short", () => {
  expect([650, 4160, 62_210, 1_234_567, 2.5e9].map(countText)).toEqual(["650", "4,160", "62.2k", "1.23M", "2.5G"]);
});
