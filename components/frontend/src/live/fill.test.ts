import { expect, it } from "vitest";
import { AT_FLOOR, fillChart, fillsOf } from "./fill";
import { Assembly } from "./merge";
import type { Cell, Chart, Trace } from "./message";
import { USUAL } from "./over";

function held(columns: Record<string, Cell[]>, x: number[], fills = {}): Assembly {
  const assembly = new Assembly();
  assembly.apply({
    generation: "a.1",
    full: true,
    charts: [],
    tables: { t: { first: 0, x, columns } },
    fills,
    flags: [],
    notes: {},
    limits: {},
    axis_end: 10,
    last_step: 10,
    empty: false,
    written_at: 0,
  });
  return assembly;
}

function chart(...data: Trace[]): Chart {
  return {
    id: "c",
    title: "",
    help: "",
    empty: "",
    x: "step",
    y_title: "",
    csv: true,
    scale: "log",
    tick_format: "",
    every: null,
    depth: null,
    section: "Training",
    finding: null,
    tiles: null,
    figure: { data, layout: {} },
  };
}

const line: Trace = { uid: "u", type: "scatter", meta: { table: "t", column: "a" }, hovertemplate: "%{y}%{text}" };

it("repeats x where a row holds two values", () => {
  const { traces } = fillChart(chart(line), "linear", held({ a: [1, 2, 3, 4] }, [10, 20]));
  expect(traces[0]!.x).toEqual([10, 10, 20, 20]);
  expect(traces[0]!.y).toEqual([1, 2, 3, 4]);
});

it("draws zeros at the floor of a logarithmic axis, and says so", () => {
  const { traces, floor } = fillChart(chart(line), "log", held({ a: [0.02, 0, null] }, [1, 2, 3]));
  expect(floor).toBeCloseTo(1e-3, 12);
  expect(traces[0]!.y).toEqual([0.02, floor, null]);
  expect(traces[0]!.text).toEqual(["", AT_FLOOR, ""]);
});

it("leaves zeros where they are on a linear axis, and has no floor without them", () => {
  expect(fillChart(chart(line), "linear", held({ a: [1, 0] }, [1, 2])).traces[0]!.y).toEqual([1, 0]);
  const { traces, floor } = fillChart(chart(line), "log", held({ a: [1, 2] }, [1, 2]));
  expect(floor).toBeNull();
  expect(traces[0]!.hovertemplate).toBe("%{y}");
  expect(line.hovertemplate).toBe("%{y}%{text}");
});

it("leaves out traces without data, and a chart of those is empty", () => {
  const assembly = held({ a: [null, null], b: [1, 2] }, [1, 2]);
  expect(fillChart(chart(line), "log", assembly).isEmpty).toBe(true);
  const other: Trace = { ...line, uid: "v", meta: { table: "t", column: "b" } };
  expect(fillChart(chart(line, other), "log", assembly).traces.map((trace) => trace.uid)).toEqual(["v"]);
});

it("fills a trace whole by its uid and keeps what the figure said of its marker", () => {
  const dots: Trace = { uid: "d", type: "scatter", marker: { size: 7, color: "red" } };
  const fills = { d: { x: [1], y: [2], marker: { color: ["blue"] } } };
  const [trace] = fillChart(chart(dots), "linear", held({}, [], fills)).traces;
  expect(trace!.marker).toEqual({ size: 7, color: ["blue"] });
  expect(dots.marker).toEqual({ size: 7, color: "red" });
});

it("fills of another step take the place of all that are of the newest", () => {
  const [one, other]: Trace[] = ["u", "v"].map((uid) => ({ uid, type: "scatter" }) as Trace);
  const assembly = held({}, [], { u: { x: [1], y: [2] }, v: { x: [1], y: [3] } });
  const { traces } = fillChart(chart(one!, other!), "linear", assembly, { fills: { u: { x: [1], y: [7] } } });
  expect(traces.map((trace) => [trace.uid, trace.y])).toEqual([["u", [7]]]);
});

it("maps are exponents, with zeros a decade below the rest", () => {
  const map: Trace = { uid: "m", type: "heatmap", meta: { table: "t", columns: ["a", "b"] } };
  const { traces } = fillChart(chart(map), null, held({ a: [1, 0.1], b: [0, null] }, [1, 2]));
  expect(traces[0]!.z![0]).toEqual([0, -1]);
  expect(traces[0]!.z![1]![0]).toBeCloseTo(-2);
  expect(traces[0]!.z![1]![1]).toBeNull();
});

it("a linear map has the shares themselves, and the full colour where its trace says so", () => {
  const map: Trace = { uid: "m", type: "heatmap", meta: { table: "t", columns: ["a", ""], scale: "linear" } };
  const assembly = held({ a: [0, 0.4] }, [1, 2]);
  const [trace] = fillChart(chart(map), null, assembly).traces;
  expect([trace!.z, trace!["zmax"]]).toEqual([[[0, 0.4], []], 0.5]);
  expect(fillChart(chart({ ...map, zmax: 1 }), null, assembly).traces[0]!["zmax"]).toBe(1);
  expect(fillChart(chart(map), null, held({}, [])).isEmpty).toBe(true);
});

it("the ticks of a map's colours are those of an axis, and few", () => {
  const map: Trace = { uid: "m", type: "heatmap", meta: { table: "t", columns: ["a"] } };
  const ticks = (values: Cell[]) => {
    const { traces } = fillChart(chart(map), null, held({ a: values }, [1, 2]));
    return (traces[0]!["colorbar"] as { ticktext?: string[] }).ticktext;
  };
  expect(ticks([1, 0.5])).toEqual(["6e-1", "8e-1", "1"]);
  expect(ticks([1, 1e-4])).toEqual(["1e-4", "1e-3", "1e-2", "1e-1", "1e0"]);
  expect(ticks([1, 1e-6])).toEqual(["1e-6", "1e-4", "1e-2", "1e0"]);
  expect(ticks([1, 1e-23])).toEqual(["1e-20", "1e-15", "1e-10", "1e-5", "1e0"]);
  expect(ticks([null, null])).toBeUndefined();
});

it("a map whose blocks are known but of which nothing is recorded is empty", () => {
  const map: Trace = { uid: "m", type: "heatmap", y: [1, 2], meta: { table: "t", columns: ["a", "b"] } };
  expect(fillChart(chart(map), null, held({}, [])).isEmpty).toBe(true);
  expect(fillChart(chart({ uid: "g", type: "heatmap", y: [0.5] }), null, held({}, [])).isEmpty).toBe(true);
});

it("draws one row of counts, the newest or that of the moment", () => {
  const counts: Trace = { uid: "m", type: "heatmap", meta: { table: "t", matrix: "a" } };
  const assembly = held({ a: [1, 0, 0, 1, 2, 0, 0, 2] }, [5, 6]);
  const textAt = (x: number | null) =>
    fillChart(chart(counts), null, assembly, { moment: x === null ? null : { table: "t", x } }).traces[0]!.text![0];
  expect(textAt(null)).toEqual(["2", ""]);
  expect(textAt(5)).toEqual(["1", ""]);
  expect(fillChart(chart(counts), null, held({}, [])).isEmpty).toBe(true);
});

it("a bar of height zero gets no text, which it would write onto itself", () => {
  const bar: Trace = { uid: "b", type: "bar" };
  const fills = { b: { x: [1, 2], y: [0, 1] } };
  const [trace] = fillChart(chart(bar), "log", held({}, [], fills)).traces;
  expect(trace!.text).toBeUndefined();
  expect(trace!.y).toEqual([0.1, 1]);
});

it("fills what shows a finding from its content, of tiles with the chosen one's", () => {
  const content = { fills: { u: { y: [1] } }, variants: [{ v: { y: [2] } }, { v: { y: [3] } }] };
  const traces: Trace[] = [
    { uid: "u", type: "scatter" },
    { uid: "v", type: "scatter" },
  ];
  const shown = { ...chart(...traces), finding: "r1/kind" };
  const message = held({}, [], { u: { y: [9] } });
  const filled = fillChart(shown, null, message, { fills: fillsOf(content, 1) });
  expect(filled.traces.map((trace) => trace.y)).toEqual([[1], [3]]);
  expect(fillChart(shown, null, message).isEmpty).toBe(true);
});

it("smooths a line of means by its half-life, as much as a person chose, and leaves others alone", () => {
  const smooth = { ...line, uid: "s", meta: { table: "t", column: "a", half_life: 1 } };
  const assembly = held({ a: [4, 1] }, [1, 2]);
  const drawn = (smoothing: number) =>
    fillChart(chart(line, smooth), "linear", assembly, { over: { ...USUAL, smoothing } }).traces.map(({ y }) => y);
  expect(drawn(1)).toEqual([
    [4, 1],
    [4, 2],
  ]);
  expect(drawn(0)).toEqual([
    [4, 1],
    [4, 1],
  ]);
});
