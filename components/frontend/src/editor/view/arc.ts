/** The skip beside a block: it leaves before the body and comes back after it. */

import { h, svg } from "../../shared/dom";
import type { Arc } from "../types";

const HELP: Record<Exclude<Arc, "none">, string> = {
  solid: "Skip: the input goes around the body and is added to its output.",
  gated: "Skip with a gate: the gate decides how much of the input is carried around the body.",
  broken: "Skip of a body that is left out at random.",
};

/** Stretches with the block; the stroke keeps its width. */
export function arcElement(arc: Arc): HTMLElement {
  if (arc === "none") return h("div", { class: "arc" });
  const line = svg(
    "svg",
    { viewBox: "0 0 34 100", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { d: "M0 13C32 15 32 85 3 87", "vector-effect": "non-scaling-stroke" }),
  );
  const head = svg(
    "svg",
    { class: "head", viewBox: "0 0 10 10", "aria-hidden": "true" },
    svg("path", { d: "M9 1L1 5L9 9" }),
  );
  const gate = arc === "gated" && h("span", { class: "gate" });
  return h("div", { class: `arc ${arc}`, title: HELP[arc] }, line, head, gate);
}
