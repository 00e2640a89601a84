/** The part of Plotly that is used, with types. */

import bundle from "plotly.js-cartesian-dist-min";
import type { Trace } from "./message";

export type PlotlyEvent = Record<string, unknown>;

/** In pixels from its beginning (`p`) and in the data's numbers (`d`). */
export interface PlotlyAxis {
  d2p(value: number): number;
  p2d(pixels: number): number;
  _offset: number;
  _length: number;
}

export interface PlotlyElement extends HTMLDivElement {
  /** Once it is drawn. */
  _fullLayout?: { xaxis?: PlotlyAxis; yaxis?: PlotlyAxis };
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
  /** A data address. */
  toImage(
    figure: { data: Trace[]; layout: Record<string, unknown> },
    options: Record<string, unknown>,
  ): Promise<string>;
}

export const plotly = bundle as Plotly;
