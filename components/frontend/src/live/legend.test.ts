import { expect, it } from "vitest";
import { entriesOf, keyOf, unescape } from "./legend";
import type { Trace } from "./message";

it("has an entry for each trace that wants one", () => {
  const traces: Trace[] = [
    { uid: "a", type: "scatter", mode: "lines", name: "train", legendgroup: "r", line: { color: "red", dash: "dash" } },
    { uid: "b", type: "scatter", mode: "lines", showlegend: false, legendgroup: "r" },
    { uid: "c", type: "scatter", mode: "markers", name: "&lt;b&gt;", marker: { color: "blue", symbol: "diamond" } },
  ];
  expect(entriesOf(traces)).toEqual([
    { key: "r", label: "train", colour: "red", dash: "dash", symbol: null },
    { key: "c", label: "<b>", colour: "blue", dash: "solid", symbol: "diamond" },
  ]);
  expect(keyOf(traces[1]!)).toBe("r");
});

it("shows what the user typed", () => {
  expect(unescape("&lt;b&gt; &amp;lt; &amp;amp;")).toBe("<b> &lt; &amp;");
});
