/** The part of Plotly that is used, with types. */

import bundle from "plotly.js-cartesian-dist-min";
import type { Trace } from "./message";

export type PlotlyEvent = Record<string, unknown>;

export interface PlotlyElement extends HTMLDivElement {
  on(event: string, listener: (event: PlotlyEvent) => void | boolean): void;
  data?: Trace[];
}

export interface Plotly {
  react(
    element: HTMLDivElement,
    data: Trace[],
    layout: Record<string, unknown>,
    config: Record<string, unknown>,
  ): Promise<PlotlyElement>;
  purge(element: HTMLDivElement): void;
}

export const plotly = bundle as Plotly;
