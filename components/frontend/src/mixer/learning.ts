/** Which groups learn: `builder/spec/mix.py` has the same rule. Pure. */

import type { Group, Setting } from "./types";

/** Names of the groups that learn. */
export function learning(groups: readonly Group[], of: (name: string) => Setting, solo: string | null): Set<string> {
  const awake = groups.filter((group) => group.num_parameters > 0 && !of(group.name).frozen).map(({ name }) => name);
  return new Set(solo === null ? awake : awake.filter((name) => name === solo));
}

/** Why a group cannot be frozen in a run that trains; empty if it can. */
export function whyNotFreeze(name: string, learns: ReadonlySet<string>, solo: string | null): string {
  if (learns.size !== 1 || !learns.has(name)) return "";
  if (solo === name) return "It is solo, so nothing would learn. End its solo first.";
  return "The only group that learns. Unfreeze another first.";
}

/** Why a group cannot be solo; empty if it can. */
export function whyNotSolo(group: Group, setting: Setting): string {
  if (setting.frozen) return "It is frozen, so alone nothing would learn. Unfreeze it first.";
  return group.num_parameters === 0 ? "It has no parameters, so alone nothing would learn." : "";
}
