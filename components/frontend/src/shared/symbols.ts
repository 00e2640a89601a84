/** Marker forms by plotly's names, as paths of radius 1 around 0: SVG and canvas draw the same. */

const SYMBOLS: Record<string, string> = {
  circle: "M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z",
  square: "M-1 -1H1V1H-1Z",
  diamond: "M0 -1.3L1.3 0L0 1.3L-1.3 0Z",
  "triangle-up": "M-1.155 0.577H1.155L0 -1.155Z",
  "triangle-down": "M-1.155 -0.577H1.155L0 1.155Z",
  pentagon: "M0.951 -0.309L0.588 0.809H-0.588L-0.951 -0.309L0 -1Z",
  hexagon: "M0.866 -0.5V0.5L0 1L-0.866 0.5V-0.5L0 -1Z",
  star: "M0.315 -0.433H1.331L0.508 0.165L0.823 1.133L0 0.535L-0.823 1.133L-0.508 0.165L-1.331 -0.433H-0.315L0 -1.4Z",
  x: "M0 0.566L0.566 1.131L1.131 0.566L0.566 0L1.131 -0.566L0.566 -1.131L0 -0.566L-0.566 -1.131L-1.131 -0.566L-0.566 0L-1.131 0.566L-0.566 1.131Z",
};

/** The path of a form; a circle for one that is not known. */
export function symbolPath(name: string | null | undefined): string {
  return SYMBOLS[name ?? ""] ?? SYMBOLS["circle"]!;
}
