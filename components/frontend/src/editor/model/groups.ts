/** The list of parameter groups. The first match wins and the last group takes the rest, so the last one stays last. */

import type { ExperimentDocument, Group, Grouping, Json } from "../types";

/** Colours that stay apart for colour-blind eyes. Source: Paul Tol, colour schemes, "bright" and "muted". */
export const GROUP_COLOURS = [
  "#4477AA",
  "#CC6677",
  "#228833",
  "#CCBB44",
  "#8E6BBF",
  "#66CCEE",
  "#AA3377",
  "#777777",
] as const;

function withGroups(document: ExperimentDocument, groups: Group[]): ExperimentDocument {
  return { ...document, groups };
}

function freeName(groups: readonly Group[], wanted: string): string {
  const names = new Set(groups.map((group) => group.name));
  let name = wanted;
  for (let number = 2; names.has(name); number++) name = `${wanted} ${number}`;
  return name;
}

/** Why a group cannot have this name, or null. */
export function nameProblem(groups: readonly Group[], index: number, name: string): string | null {
  const trimmed = name.trim();
  if (trimmed === "") return "A group needs a name.";
  const other = groups.some((group, place) => place !== index && group.name.trim() === trimmed);
  return other ? `Another group is called “${trimmed}”. Take another name.` : null;
}

/** A new group of this name or one like it, before all others so that it gets what `rule` asks for; the last one's rates. */
export function addGroup(
  document: ExperimentDocument,
  rule: { [key: string]: Json },
  name: string,
): ExperimentDocument {
  const { groups } = document;
  const last = groups.at(-1);
  if (last === undefined) return document;
  const used = new Set(groups.map((group) => group.colour.toUpperCase()));
  const colour = GROUP_COLOURS.find((candidate) => !used.has(candidate)) ?? GROUP_COLOURS[0];
  const added: Group = { ...structuredClone(last), name: freeName(groups, name), colour, rule, frozen: false };
  return withGroups(document, [added, ...groups]);
}

/** Without this group; the last one, which takes the rest, stays. */
export function removeGroup(document: ExperimentDocument, index: number): ExperimentDocument {
  if (index >= document.groups.length - 1) return document;
  return withGroups(
    document,
    document.groups.filter((_, place) => place !== index),
  );
}

export function moveGroup(document: ExperimentDocument, index: number, direction: -1 | 1): ExperimentDocument {
  const target = index + direction;
  const last = document.groups.length - 1;
  if (index < 0 || target < 0 || index >= last || target >= last) return document;
  const groups = [...document.groups];
  [groups[index], groups[target]] = [groups[target] as Group, groups[index] as Group];
  return withGroups(document, groups);
}

export function replaceGroup(document: ExperimentDocument, index: number, group: Group): ExperimentDocument {
  return withGroups(
    document,
    document.groups.map((before, place) => (place === index ? group : before)),
  );
}

/** A ready-made grouping, with its own rates. */
export function applyGrouping(document: ExperimentDocument, grouping: Grouping): ExperimentDocument {
  return withGroups(document, structuredClone(grouping.groups));
}
