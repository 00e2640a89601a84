import { expect, test } from "vitest";
import { laid, placing, roundEnd, runOf, secondsAt } from "./along";
import { Assembly } from "./merge";
import type { Trace } from "./message";

function assembly(stepsPerEpoch: number | null, knots = [10, 20], seconds = [1, 4]): Assembly {
  const held = new Assembly();
  held.apply({
    generation: "a.1",
    full: true,
    charts: [],
    runs: { "r.1": { label: "#1", name: "#1 run", steps_per_epoch: stepsPerEpoch } },
    tables: { "r.1/clock": { first: 0, x: knots, columns: { seconds } } },
    fills: {},
    flags: [],
    notes: {},
    limits: {},
    axis_end: 10,
    last_step: 0,
    empty: false,
    written_at: 0,
  });
  return held;
}

const line: Trace = {
  uid: "r_1-loss",
  type: "scatter",
  x: [5, 20],
  y: [1, 2],
  hovertemplate: "step %{x:,.0f}<br>%{y}",
};

test("between two knots time goes straight, and after the last one as fast as on the whole", () => {
  const at = (step: number) => secondsAt(step, [10, 20], [1, 4]);
  expect([0, 5, 10, 15, 20, 40].map(at)).toEqual([0, 0.5, 1, 2.5, 4, 8]);
});

test("a curve lies along epochs or seconds, and its hover still says the step", () => {
  const held = assembly(5);
  expect(laid(line, "steps", "r.1", held)).toBe(line);
  const seconds = laid(line, "seconds", "r.1", held);
  expect([seconds.x, seconds["customdata"]]).toEqual([
    [0.5, 4],
    [5, 20],
  ]);
  expect(seconds.hovertemplate).toBe("%{x:.4~g} s<br>step %{customdata:,.0f}<br>%{y}");
  expect(laid(line, "epochs", "r.1", held).x).toEqual([1, 4]);
});

test("a run that does not say how long an epoch is has no place along epochs", () => {
  expect(placing("epochs", "r.1", assembly(null))).toBeNull();
  expect(placing("seconds", "r.1", assembly(5, [], []))).toBeNull();
  expect(laid(line, "epochs", "r.1", assembly(null)).x).toEqual([]);
});

test("an axis ends at the next round number", () => {
  const end = (x: number) => roundEnd([{ uid: "u", type: "scatter", x: [0, x] }]);
  expect([0, 0.07, 1, 30, 31, 97].map(end)).toEqual([1, 0.08, 1, 30, 40, 100]);
});

test("a trace's uid says whose it is", () => {
  expect(runOf(line, assembly(5))).toBe("r.1");
  expect(runOf({ ...line, uid: "x-loss" }, assembly(5))).toBeNull();
});
