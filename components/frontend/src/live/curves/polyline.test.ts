import { expect, it } from "vitest";
import type { Trace } from "../message";
import { plotOf } from "./plot";
import { polylines } from "./polyline";

const plot = plotOf(
  { width: 100, height: 100 },
  { l: 0, r: 0, t: 0, b: 0 },
  { range: [0, 100], isLog: false },
  { range: [0, 100], isLog: false },
);
const drawn = (x: number[], y: (number | null)[]) =>
  polylines({ uid: "a", type: "scatter", x, y } as Trace, plot, 0, x.length);

it("has every point where there is a pixel for each", () => {
  expect(drawn([0, 10, 20], [0, 100, 50])).toEqual([[0, 100, 10, 0, 20, 50]]);
});

it("has a piece between gaps, also one of a single point", () => {
  expect(drawn([0, 10, 20, 30, 40], [0, null, 50, null, 70])).toEqual([
    [0, 100],
    [20, 50],
    [40, 30],
  ]);
});

it("of many points in one column has the first, what goes further up or down, and the last", () => {
  const x = [5, 5.1, 5.2, 5.3, 5.4, 5.5, 6];
  expect(drawn(x, [50, 80, 60, 20, 30, 40, 45])).toEqual([[5, 50, 5.1, 20, 5.3, 80, 5.5, 60, 6, 55]]);
});

it("draws no more than the screen can show, and nothing that is more than a pixel off", () => {
  const x = Array.from({ length: 20_000 }, (_, step) => step / 200);
  const y = x.map((step) => 50 + 40 * Math.sin(step / 7));
  const [line] = drawn(x, y);
  expect(line!.length / 2).toBeLessThan(1000);
  for (let place = 0; place < line!.length; place += 2) {
    expect(100 - line![place + 1]!).toBeCloseTo(50 + 40 * Math.sin(line![place]! / 7), 9);
  }
  expect(line!.slice(-2)).toEqual([x.at(-1), 100 - y.at(-1)!]);
});

it("ends lines that leave the plot by far not at infinity", () => {
  const [line] = drawn([0, 10], [50, 1e12]);
  expect(line).toEqual([0, 50, 10, -2000]);
});
