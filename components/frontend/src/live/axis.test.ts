// The same examples stand in tests/charts/test_axis.py.
import { describe, expect, it } from "vitest";
import { above, fullColour, logTicks, power10, verticalRange, zeroFloor } from "./axis";

describe("zeroFloor", () => {
  it.each([
    [[0.02, 0, 3], 1e-3],
    [[0.01], 1e-3],
    [[0, null], 0.1],
    [[3e-20], 1e-21],
  ])("lies a decade below everything in %j", (values, floor) => {
    expect(zeroFloor(values)).toBeCloseTo(floor, 25);
  });
});

describe("fullColour", () => {
  it.each([
    [[[0.0067, null], [0.004]], 0.01],
    [[[0.12]], 0.2],
    [[[0.3, 0.5]], 0.5],
    [[[0.51]], 1],
    [[[0]], 1],
    [[[null]], 1],
  ])("is the round share above all in %j", (rows, share) => {
    expect(fullColour(rows)).toBe(share);
  });
});

describe("logTicks", () => {
  it("gives decades", () => {
    expect(logTicks(3e-5, 20)).toEqual({
      tickvals: [1e-4, 1e-3, 1e-2, 1e-1, 1, 10],
      ticktext: ["1e-4", "1e-3", "1e-2", "1e-1", "1e0", "1e1"],
    });
  });

  it("thins many decades and fills few", () => {
    expect(logTicks(1e-20, 1).ticktext).toEqual(["1e-18", "1e-15", "1e-12", "1e-9", "1e-6", "1e-3", "1e0"]);
    expect(logTicks(2e-3, 0.06).ticktext).toEqual(["2e-3", "5e-3", "1e-2", "2e-2", "5e-2"]);
    expect(logTicks(4e-4, 0.09, null, 6).ticktext).toEqual(["1e-3", "3e-3", "1e-2", "3e-2"]);
    expect(logTicks(0.15, 0.6).ticktext).toEqual(["2e-1", "4e-1", "6e-1"]);
    expect(logTicks(0.3, 28, null, 2).ticktext).toEqual(["1e0", "1e1"]);
    expect(logTicks(0.05, 28, null, 2).ticktext).toEqual(["1e-1", "1e1"]);
    expect(logTicks(0.005, 28, null, 2).ticktext).toEqual(["1e-2", "1e0"]);
    expect(logTicks(0.4, 12, null, 3).ticktext).toEqual(["1", "3", "1e1"]);
    expect(logTicks(0.8, 6).ticktext).toEqual(["1", "2", "5"]);
    expect(logTicks(2.7, 3.9).ticktext).toEqual(["2.75", "3", "3.25", "3.5", "3.75"]);
    expect(logTicks(0.22, 0.45).ticktext).toEqual(["2.5e-1", "3e-1", "3.5e-1", "4e-1", "4.5e-1"]);
  });

  it("gives the floor alone where all are zero", () => {
    expect(logTicks(0.08, 0.12, 0.1)).toEqual({ tickvals: [0.1], ticktext: ["0"] });
  });

  it("calls the floor zero", () => {
    const ticks = logTicks(1e-4 / 1.5, 1, 1e-4);
    expect(ticks.tickvals[0]).toBe(1e-4);
    expect(ticks.ticktext).toEqual(["0", "1e-3", "1e-2", "1e-1", "1e0"]);
  });
});

describe("verticalRange", () => {
  it("holds every value", () => {
    const [low, high] = verticalRange([3, null, -1, 2], "linear", null)!;
    expect(low).toBeLessThan(-1);
    expect(high).toBeGreaterThan(3);
  });

  it("counts in exponents on a logarithmic axis and leaves zero out", () => {
    const [low, high] = verticalRange([0, 1e-3, 1], "log", null)!;
    expect(low).toBeCloseTo(-3.21);
    expect(high).toBeCloseTo(0.27);
  });

  it("stays while the values fit, and follows when they leave or shrink", () => {
    const before = verticalRange([0, 10], "linear", null)!;
    expect(verticalRange([1, 9.5], "linear", before)).toBe(before);
    expect(verticalRange([0, 11], "linear", before)).not.toBe(before);
    expect(verticalRange([0, 1], "linear", before)![1]).toBeLessThan(2);
  });

  it("leaves out what is above the limit", () => {
    expect(verticalRange([1, 3, 1e6, null], "linear", null, 6)![1]).toBeCloseTo(3.18);
  });

  it("has none without values, and one for a constant", () => {
    expect(verticalRange([null], "linear", null)).toBeNull();
    const [low, high] = verticalRange([0.1, 0.1], "linear", null)!;
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
  });
});

it.each([
  [[1, 3, 1e6, null], 6, 1e6],
  [[1, 3], 6, null],
  [[10, 20], 6, null],
  [[null], 6, null],
  [[1, 1e6], undefined, null],
])("of %j values above %s are held back up to %s", (values, limit, greatest) => {
  expect(above(values, limit)).toBe(greatest);
});

it("powers of ten are the literals", () => {
  expect(power10(-5)).toBe(1e-5);
});
