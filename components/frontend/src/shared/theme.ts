/** Whether the page is light or dark, and its colours for what cannot read CSS (canvas, Plotly). */

export type ThemeName = "light" | "dark";

export interface Colours {
  name: ThemeName;
  background: string;
  panel: string;
  line: string;
  text: string;
  muted: string;
  accent: string;
}

export const LOOKS: Record<ThemeName, Colours> = {
  light: {
    name: "light",
    background: "#F5F7FA",
    panel: "#FFFFFF",
    line: "#DDE3EC",
    text: "#1B2330",
    muted: "#5F6B80",
    accent: "#2F6FDE",
  },
  dark: {
    name: "dark",
    background: "#12151B",
    panel: "#1A1F28",
    line: "#313A4A",
    text: "#E7EBF2",
    muted: "#9AA5B8",
    accent: "#4C9BF0",
  },
};

/** Relative brightness 0..1 of `#rgb`, `#rrggbb` or `rgb(r, g, b)`; null for anything else. */
export function brightness(colour: string): number | null {
  const text = colour.trim();
  let channels: number[] | null = null;
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]{2})?$/i.exec(text)?.[1];
  if (hex !== undefined) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : (hex.match(/../g) ?? []);
    channels = digits.map((pair) => parseInt(pair, 16));
  } else if (/^rgba?\(/i.test(text)) {
    channels = (text.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  }
  const [red, green, blue] = channels ?? [];
  if (red === undefined || green === undefined || blue === undefined) return null;
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

/** Reads Streamlit's variables as they are now; call again when the theme may have changed. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const variable = (name: string): string => {
    const value = style.getPropertyValue(name).trim();
    return value === "unset" ? "" : value;
  };
  const background = variable("--st-background-color");
  const value = brightness(background);
  const look = LOOKS[value !== null && value < 0.5 ? "dark" : "light"];
  return {
    ...look,
    background: background || look.background,
    panel: variable("--st-secondary-background-color") || look.panel,
    line: variable("--st-border-color") || look.line,
    text: variable("--st-text-color") || look.text,
    accent: variable("--st-primary-color") || look.accent,
  };
}
