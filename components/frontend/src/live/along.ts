/** What lies along a chart over time: steps, epochs, or seconds of training. Pure. */

import type { Assembly } from "./merge";
import type { Flag, Trace } from "./message";
import { firstAtLeast } from "./search";

export type Along = "steps" | "epochs" | "seconds";

export const ALONG: readonly Along[] = ["steps", "epochs", "seconds"];

export const TITLES: Record<Along, string> = { steps: "step", epochs: "epoch", seconds: "seconds of training" };

/** How ticks are written, in d3's terms, and what is counted; steps go without saying. */
export const TIME_TICKS: Record<Along, { specifier: string; suffix: string }> = {
  steps: { specifier: ",d", suffix: "" },
  epochs: { specifier: ",.4~g", suffix: " ep." },
  seconds: { specifier: ",.4~g", suffix: " s" },
};

/** Why nothing is drawn although there is something. */
export const NOT_KNOWN =
  "This run does not say how many steps make an epoch. Choose steps or seconds in the menu ⋯ above.";

const STEP = "step %{x:,.0f}";
const SAID: Record<Along, string> = { steps: STEP, epochs: "epoch %{x:.4~g}", seconds: "%{x:.4~g} s" };

/** A run's steps as they lie along; null if that is not known. */
export function placing(along: Along, run: string, assembly: Assembly): ((step: number) => number) | null {
  if (along === "steps") return (step) => step;
  if (along === "epochs") {
    const perEpoch = assembly.runs[run]?.steps_per_epoch;
    return perEpoch ? (step) => step / perEpoch : null;
  }
  const { x, columns } = assembly.table(`${run}/clock`);
  const seconds = columns["seconds"];
  return seconds === undefined || x.length === 0 ? null : (step) => secondsAt(step, x, seconds as number[]);
}

/** Straight from knot to knot, from nothing at step 0 on; after the last one as fast as on the whole. */
export function secondsAt(step: number, knots: readonly number[], seconds: readonly number[]): number {
  const low = firstAtLeast(knots, step);
  const last = knots.length - 1;
  if (low > last) return (step * seconds[last]!) / knots[last]!;
  const fromStep = low === 0 ? 0 : knots[low - 1]!;
  const fromSeconds = low === 0 ? 0 : seconds[low - 1]!;
  const part = (step - fromStep) / (knots[low]! - fromStep);
  return fromSeconds + part * (seconds[low]! - fromSeconds);
}

/** A trace over steps laid along something else; its hover says the step too, where it can. */
export function laid(trace: Trace, along: Along, run: string, assembly: Assembly): Trace {
  if (along === "steps") return trace;
  const at = placing(along, run, assembly);
  if (at === null) return { ...trace, x: [], y: [], ...(trace.z === undefined ? {} : { z: [] }) };
  const steps = trace.x as number[];
  // A map's own data stands in a square.
  const isMap = trace.type === "heatmap";
  const said = isMap ? SAID[along] : `${SAID[along]}<br>step %{customdata:,.0f}`;
  return {
    ...trace,
    x: steps.map(at),
    ...(isMap ? {} : { customdata: steps }),
    ...(trace.hovertemplate === undefined ? {} : { hovertemplate: trace.hovertemplate.replace(STEP, said) }),
  };
}

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Where an axis ends that is not one of steps: at the next round number, so that it moves seldom. */
export function roundEnd(traces: readonly Trace[]): number {
  let last = 0;
  for (const trace of traces) for (const x of trace.x ?? []) if (typeof x === "number" && x > last) last = x;
  if (last <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(last));
  return ROUND.find((round) => round * power >= last * (1 - 1e-9))! * power;
}

/** Of which run a trace is: the uids of all begin with it, letters that plotly does not take replaced. */
export function runOf(trace: Trace, assembly: Assembly): string | null {
  const beginning = trace.uid.split("-")[0];
  return Object.keys(assembly.runs).find((run) => run.replace(/[^A-Za-z0-9]/g, "_") === beginning) ?? null;
}

/** Flags stand at steps of their runs: the same along something else, each with the one that it was. */
export function placedFlags(flags: readonly Flag[], along: Along, assembly: Assembly): Map<Flag, Flag> {
  const found = new Map<Flag, Flag>();
  for (const flag of flags) {
    const at = placing(along, flag.run, assembly);
    if (at !== null) found.set({ ...flag, x: at(flag.x) }, flag);
  }
  return found;
}
