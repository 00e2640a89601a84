import { expect, it } from "vitest";
import { entriesOf, keyOf } from "./legend";
import { unescape } from "./markup";
import type { Trace } from "./message";

it("has an entry for each trace that wants one", () => {
  const traces: Trace[] = [
    { uid: "a", type: "scatter", mode: "lines", name: "train", legendgroup: "r", line: { color: "red", dash: "dash" } },
    { uid: "b", type: "scatter", mode: "lines", showlegend: false, legendgroup: "r" },
    { uid: "c", type: "scatter", mode: "markers", name: "&lt;b&gt;", marker: { color: "blue", symbol: "diamond" } },
  ];
  expect(entriesOf(traces)).toEqual([
    { key: "r", label: "train", colour: "red", dash: "dash", symbol: null, hasLine: true, whole: "train" },
    { key: "c", label: "<b>", colour: "blue", dash: "solid", symbol: "diamond", hasLine: false, whole: "<b>" },
  ]);
  expect(keyOf(traces[1]!)).toBe("r");
});

it("names a run in full on hover, and shows line and marker of a group among several runs", () => {
  const trace: Trace = {
    uid: "a",
    type: "scatter",
    mode: "lines+markers",
    name: "#1 stem",
    line: { color: "red", dash: "dot" },
    marker: { symbol: "square" },
    hovertemplate: "%{y}<extra>#1 digits &lt;b&gt;: stem</extra>",
  };
  expect(entriesOf([trace])).toEqual([
    {
      key: "a",
      label: "#1 stem",
      colour: "red",
      dash: "dot",
      symbol: "square",
      hasLine: true,
      whole: "#1 digits <b>: stem",
    },
  ]);
});

it("shows what the user typed", () => {
  expect(unescape("&lt;b&gt; &amp;lt; &amp;amp;")).toBe("<b> &lt; &amp;");
});
