/** The legend as buttons below a chart: what is drawn in which form, and a click leaves it out. */

import { cutInTheMiddle } from "../shared/cut";
import { h, place, setAttribute, svg } from "../shared/dom";
import { DASHES } from "../shared/lines";
import { symbolPath } from "../shared/symbols";
import { unescape } from "./markup";
import type { Trace } from "./message";

export interface Entry {
  key: string;
  label: string;
  colour: string;
  dash: string;
  symbol: string | null;
  hasLine: boolean;
  /** Everything there is to say of it. */
  whole: string;
}

/** Entries of the traces that have one; traces of one legend group share it. */
export function entriesOf(traces: readonly Trace[]): Entry[] {
  return traces
    .filter((trace) => trace.showlegend !== false && trace.type === "scatter")
    .map((trace) => {
      const line = (trace.line ?? {}) as { color?: string; dash?: string };
      const marker = (trace.marker ?? {}) as { color?: unknown; symbol?: unknown };
      const hasLine = trace.mode !== "markers";
      return {
        key: keyOf(trace),
        label: unescape(trace.name ?? ""),
        colour:
          (hasLine ? line.color : undefined) ?? (typeof marker.color === "string" ? marker.color : "currentColor"),
        dash: line.dash ?? "solid",
        symbol: hasLine && marker.symbol === undefined ? null : String(marker.symbol ?? "circle"),
        hasLine,
        whole: wholeOf(trace),
      };
    });
}

/** What one click shows or hides: a legend group, or a trace alone. */
export function keyOf(trace: Trace): string {
  return (trace.legendgroup as string | undefined) || trace.uid;
}

/** The hover names a run in full where the legend has its number. */
function wholeOf(trace: Trace): string {
  const named = /<extra>(.+)<\/extra>/.exec(trace.hovertemplate ?? "")?.[1];
  return unescape(named ?? trace.name ?? "");
}

const MAX_LETTERS = 24;
export function drawLegend(
  parent: HTMLElement,
  entries: readonly Entry[],
  hidden: ReadonlySet<string>,
  toggle: (key: string) => void,
): void {
  const signature = JSON.stringify(entries);
  if (parent.dataset.entries !== signature) {
    parent.dataset.entries = signature;
    place(
      parent,
      entries.map((entry) => {
        const line = svg("path", {
          d: "M0 5H18",
          stroke: entry.colour,
          "stroke-width": 2,
          "stroke-dasharray": DASHES[entry.dash] ?? null,
        });
        const mark = svg("path", {
          d: symbolPath(entry.symbol),
          transform: "translate(9 5) scale(3.4)",
          fill: entry.colour,
        });
        const marks = [entry.hasLine ? line : null, entry.symbol !== null ? mark : null];
        const picture = svg("svg", { width: 18, height: 10, viewBox: "0 0 18 10", "aria-hidden": "true" }, ...marks);
        const title = `${entry.whole}: click to show or hide`;
        return h(
          "button",
          { class: "lv-key", type: "button", "data-key": entry.key, title, onclick: () => toggle(entry.key) },
          picture,
          h("span", {}, cutInTheMiddle(entry.label, MAX_LETTERS)),
        );
      }),
    );
  }
  for (const child of parent.children) {
    setAttribute(child, "aria-pressed", String(!hidden.has((child as HTMLElement).dataset.key ?? "")));
  }
}
