/** A form for one object, drawn from its JSON schema. */

import type { JsonObject, Problem, Schema } from "../types";
import { objectWidget } from "./compound";
import { shownProperties } from "./schema";

export interface Form {
  element: HTMLElement;
  update(value: JsonObject, problems: readonly Problem[]): void;
}

let counter = 0;

/**
 * Args:
 *   schema: The object's schema with its definitions.
 *   prefix: Where the object stands in the document; problems whose path begins so stand on their field.
 *   leaveOut: Properties that have another place on the screen.
 *   change: Gets the whole object; `settled` is false while a value still moves.
 */
export function createForm(
  schema: Schema,
  prefix: string,
  leaveOut: readonly string[],
  change: (value: JsonObject, settled: boolean) => void,
): Form {
  const rows = new Map<string, (problem: string | null) => void>();
  const properties = shownProperties(schema, schema).filter(([name]) => !leaveOut.includes(name));
  const widget = objectWidget(
    properties,
    "",
    { root: schema, id: `f${++counter}`, rows },
    {
      change: (value, settled) => change(value as JsonObject, settled),
      complain: () => undefined,
    },
  );
  return {
    element: widget.element,
    update: (value, problems) => {
      widget.update(value);
      for (const [path, show] of rows) {
        const full = prefix === "" ? path : `${prefix}.${path}`;
        show(problems.find((problem) => problem.path === full)?.message ?? null);
      }
    },
  };
}
