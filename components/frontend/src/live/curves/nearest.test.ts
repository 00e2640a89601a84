import { expect, it } from "vitest";
import type { Trace } from "../message";
import { nearestPoint } from "./nearest";
import { plotOf } from "./plot";

const plot = plotOf(
  { width: 100, height: 100 },
  { l: 0, r: 0, t: 0, b: 0 },
  { range: [0, 100], isLog: false },
  { range: [0, 100], isLog: false },
);
const curve = (uid: string, x: number[], y: (number | null)[]): Trace => ({ uid, type: "scatter", x, y });
const find = (traces: Trace[], x: number, y: number) => {
  const found = nearestPoint(traces, plot, { x, y }, 30);
  return found && [found.trace.uid, found.place];
};

it("finds the point that is nearest in pixels, of any curve", () => {
  const traces = [curve("low", [10, 20, 30], [10, 10, 10]), curve("high", [10, 20, 30], [60, 60, 60])];
  expect(find(traces, 21, 80)).toEqual(["low", 1]);
  expect(find(traces, 29, 45)).toEqual(["high", 2]);
});

it("finds none that is further away than it reaches, has no value, or is not on the plot", () => {
  expect(find([curve("far", [10], [10])], 60, 60)).toBeNull();
  expect(find([curve("gap", [50], [null])], 50, 50)).toBeNull();
  expect(find([curve("beyond", [50], [110])], 50, 0)).toBeNull();
});

it("takes the uppermost of equals", () => {
  expect(find([curve("thin", [50], [50]), curve("thick", [50], [50])], 50, 50)).toEqual(["thick", 0]);
});
