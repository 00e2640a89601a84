import { expect, it } from "vitest";
import { Pace } from "./pace";

it("draws at once after a rest", () => {
  const pace = new Pace();
  expect(pace.wait(0)).toBe(0);
  pace.took(0, 30);
  expect(pace.wait(5000)).toBe(0);
});

it("keeps drawing within its share of the time, whatever it costs", () => {
  const pace = new Pace();
  let now = 0;
  let spent = 0;
  while (now < 60_000) {
    now += pace.wait(now);
    pace.took(now, 45);
    now += 45;
    spent += 45;
  }
  expect(spent / now).toBeLessThan(0.16);
  expect(spent / now).toBeGreaterThan(0.1);
});

it("never waits longer than a second and a half", () => {
  const pace = new Pace();
  for (let round = 0; round < 50; round++) pace.took(0, 5000);
  expect(pace.wait(0)).toBe(1500);
});
