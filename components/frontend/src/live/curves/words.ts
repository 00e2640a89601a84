/** What is said of a point: a hover template of the server's, filled. Pure. */

import { format } from "d3-format";
import { unescape } from "../markup";

/** Values by the names that the template has. */
export type Values = Readonly<Record<string, number | string | undefined>>;

export interface Words {
  lines: string[];
  /** Of what it is a point. */
  name: string;
}

/** Fills plotly's `%{name:format}`; `<extra>` holds the name and `<br>` parts the lines. */
export function wordsOf(template: string, values: Values): Words {
  const filled = template.replace(/%\{(\w+)(?::([^}]*))?\}/g, (_, name: string, specifier?: string) => {
    const value = values[name];
    return typeof value === "number" && specifier ? format(specifier)(value) : String(value ?? "");
  });
  const name = /<extra>(.*?)<\/extra>/.exec(filled)?.[1] ?? "";
  const lines = filled.replace(/<extra>.*?<\/extra>/, "").split("<br>");
  return { lines: lines.map(unescape), name: unescape(name) };
}
