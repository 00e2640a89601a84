import { expect, test } from "vitest";
import { factorAt, factorText, heightOf, scaleAll } from "./scaling";

const rates = (...values: number[]) => values.map((rate, index) => ({ name: `g${index}`, rate }));
const ratios = (found: { rate: number }[]) => found.slice(1).map(({ rate }) => rate / found[0]!.rate);

test.each([0.1, 0.37, 0.5, 1, 1.1, 2, 10])("a factor of %d keeps the ratios", (factor) => {
  const before = rates(0.1, 0.003, 7e-5);
  const { rates: after, problem } = scaleAll(before, factor);
  expect(problem).toBe("");
  ratios(after).forEach((ratio, place) => expect(ratio).toBeCloseTo(ratios(before)[place]!, 9));
  expect(after[0]!.rate / before[0]!.rate).toBeCloseTo(factor, 9);
});

test("at the highest rate all stop together and say which one it is", () => {
  const before = rates(30, 0.3);
  const { rates: after, factor, problem } = scaleAll(before, 10);
  expect(after[0]!.rate).toBe(100);
  expect(ratios(after)[0]).toBeCloseTo(0.01, 9);
  expect(factor).toBeCloseTo(100 / 30, 9);
  expect(problem).toContain("“g0” is at 100");
});

test("at the smallest rate all stop together and say which one it is", () => {
  const { rates: after, problem } = scaleAll(rates(1, 2e-12), 0.1);
  expect(after.map(({ rate }) => rate)).toEqual([0.5, 1e-12]);
  expect(problem).toContain("“g1” is at 1e-12");
});

test("a rate of 0 stays and bounds nothing; of zeros alone nothing can be scaled", () => {
  expect(scaleAll(rates(0, 0.2), 2).rates.map(({ rate }) => rate)).toEqual([0, 0.4]);
  expect(scaleAll(rates(0, 0), 2)).toMatchObject({
    factor: 1,
    problem: "All rates are 0, so there is nothing to scale.",
  });
});

test("the middle is 1, the ends are a decade away, and heights and factors agree", () => {
  expect([0, 0.5, 1, 2].map(factorAt)).toEqual([0.1, 1, 10, 10]);
  for (const factor of [0.1, 0.5, 1, 3, 10]) expect(factorAt(heightOf(factor))).toBeCloseTo(factor, 6);
  expect([0.5, 1, 2, 0.314].map(factorText)).toEqual(["×½", "×1", "×2", "×0.31"]);
});
