import { expect, it } from "vitest";
import { wordsOf } from "./words";

it("fills numbers in the server's formats, and parts name and lines", () => {
  const template = "step %{x:,.0f}<br>%{y:.2%}%{text}<extra>train, smoothed</extra>";
  expect(wordsOf(template, { x: 12_345, y: 0.4567 })).toEqual({
    lines: ["step 12,345", "45.67%"],
    name: "train, smoothed",
  });
});

it("has what is said of one point alone", () => {
  const template = "epoch %{x:.4~g}<br>step %{customdata:,.0f}<br>%{y:.3g}%{text}<extra></extra>";
  const values = { x: 1.5, y: 1e-7, text: " (exactly 0, drawn at the floor)", customdata: 1500 };
  expect(wordsOf(template, values).lines).toEqual([
    "epoch 1.5",
    "step 1,500",
    "1.00e-7 (exactly 0, drawn at the floor)",
  ]);
});

it("gives back a person's text as it was written", () => {
  expect(wordsOf("%{y:.3g}<extra>&lt;b&gt;Head&lt;/b&gt; &amp; more</extra>", { y: 1 }).name).toBe(
    "<b>Head</b> & more",
  );
});
