/** Which tiles of a wall are shown, and by which classes they can be chosen. */

import type { Wall } from "./message";

export interface Filter {
  by: "true" | "predicted";
  class: number;
}

export interface Choices {
  label: string;
  options: { value: string; text: string }[];
}

/** Places of the tiles to show, in their order. */
export function tilesOf(wall: Wall, filter: Filter | null): number[] {
  const all = wall.tiles.map((_, place) => place);
  if (filter === null) return all.slice(0, wall.num_first ?? all.length);
  return all.filter((place) => wall.tiles[place]![filter.by] === filter.class);
}

/** Classes with tiles, and how many each has. */
export function choicesOf(wall: Wall): Choices[] {
  const { classes } = wall;
  if (classes === undefined) return [];
  const groups: [Filter["by"], string][] = [
    ["true", "True class"],
    ["predicted", "Taken for"],
  ];
  return groups.map(([by, label]) => ({
    label,
    options: classes.flatMap((name, number) => {
      const count = tilesOf(wall, { by, class: number }).length;
      return count === 0 ? [] : [{ value: `${by}:${number}`, text: `${name} (${count})` }];
    }),
  }));
}
