/** Blocks that a person points at, in the tower or in a chart: components tell each other in the browser, and all light them up. */

export interface Pointed {
  /** Ids of the blocks. */
  items: readonly string[];
  /** Which copy of each, from 0; null is all of them. */
  copy: number | null;
}

export type Source = "tower" | "charts";

/** Events of the window. */
const POINTED = "highrise-pointed";
const SOUGHT = "highrise-sought";

interface Told {
  source: Source;
  at: Pointed | null;
}

/** Tells all what is pointed at in one of the two now, nothing being null. */
export class Pointer {
  private said = "null";

  constructor(private readonly source: Source) {}

  point(at: Pointed | null): void {
    const text = JSON.stringify(at);
    if (text === this.said) return;
    this.said = text;
    window.dispatchEvent(new CustomEvent<Told>(POINTED, { detail: { source: this.source, at } }));
  }
}

/** Calls back at each change until the result is called. What is pointed at in a chart comes before a focus in the tower. */
export function onPointed(call: (at: Pointed | null, source: Source | null) => void): () => void {
  const told: Record<Source, Pointed | null> = { charts: null, tower: null };
  const listen = (event: Event) => {
    const { source, at } = (event as CustomEvent<Told>).detail;
    told[source] = at;
    const from = told.charts ? "charts" : told.tower ? "tower" : null;
    call(from && told[from], from);
  };
  window.addEventListener(POINTED, listen);
  return () => window.removeEventListener(POINTED, listen);
}

/** Asks the tower to bring blocks into sight. */
export function seek(at: Pointed): void {
  window.dispatchEvent(new CustomEvent<Pointed>(SOUGHT, { detail: at }));
}

/** Calls back for each that is sought until the result is called. */
export function onSought(call: (at: Pointed) => void): () => void {
  const listen = (event: Event) => call((event as CustomEvent<Pointed>).detail);
  window.addEventListener(SOUGHT, listen);
  return () => window.removeEventListener(SOUGHT, listen);
}
