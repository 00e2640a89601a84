/** Clicks on a plot, of which Plotly does not tell where there are no points; of a drag they are told apart by standing still. */

export type Act = (up: PointerEvent) => void;

/** So little a click moves, in pixels. */
const STILL_PX = 3;

/** Does at each click what `actAt` says where it begins; null is nothing. */
export function onClick(plot: HTMLElement, actAt: (down: PointerEvent) => Act | null): void {
  const press = (down: PointerEvent): void => {
    const isOnPlot = down.composedPath().some((node) => node instanceof Element && node.classList.contains("nsewdrag"));
    const act = isOnPlot && down.button === 0 ? actAt(down) : null;
    if (act === null) return;
    const release = (up: PointerEvent): void => {
      const moved = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY);
      if (moved <= STILL_PX) act(up);
    };
    // In the capturing phase: Plotly ends its own drag there.
    window.addEventListener("pointerup", release, { capture: true, once: true });
  };
  plot.addEventListener("pointerdown", press, { capture: true });
}
