/** What draws a chart: a drawing is an element and what it holds, until another chart takes its place. */

import type { Colours } from "../shared/theme";
import type { Range } from "./axis";
import type { Label } from "./flags";
import type { Frame } from "./layout";
import type { Chart, Flag, Trace } from "./message";

/** Everything that there is to draw. */
export interface Sheet {
  chart: Chart;
  /** All that has data, and what of it the legend shows. */
  traces: readonly Trace[];
  visible: readonly Trace[];
  frame: Frame;
  /** The words of flags that have room over the plot. */
  labels: readonly Label[];
  colours: Colours;
  font: string;
}

export interface DrawingEvents {
  /** Something is drawn for the first time. */
  begun(): void;
  /** A person chose what is seen, in the axes' own units; null leaves an axis as it is. */
  zoomed(x: Range | null, y: Range | null): void;
  /** Everything is to be seen again. */
  reset(): void;
  /** The plot was clicked, so many pixels from its left edge. */
  clicked(place: number, event: MouseEvent): void;
  /** A flag's words were clicked, there in the window. */
  openFlag(flag: Flag, x: number, y: number): void;
}

export interface Drawing {
  readonly element: HTMLElement;
  readonly isBegun: boolean;
  draw(sheet: Sheet): void;
  /** Takes itself away; another one takes its place, or none. */
  end(next: Drawing | null): void;
}
