/** Which blocks of the tower lie at which depths. Pure. */

import type { Pointed } from "../shared/pointed";

/** From the ids of a run's blocks by depth, the first at depth 1; one that names no block is empty. */
export class Blocks {
  private readonly depths = new Map<string, number[]>();

  constructor(private readonly ids: readonly string[] = []) {
    ids.forEach((id, place) => {
      if (id === "") return;
      const held = this.depths.get(id);
      if (held === undefined) this.depths.set(id, [place + 1]);
      else held.push(place + 1);
    });
  }

  /** The block at a depth, and which copy of it. */
  at(depth: number): Pointed | null {
    const id = this.ids[depth - 1];
    return id ? { items: [id], copy: this.depths.get(id)!.indexOf(depth) } : null;
  }

  /** From and to which depths lie what is pointed at, neighbours together. */
  stretches(at: Pointed | null): [number, number][] {
    const found = (at?.items ?? []).flatMap((id) => {
      const depths = this.depths.get(id) ?? [];
      return at!.copy === null ? depths : depths.slice(at!.copy, at!.copy + 1);
    });
    const stretches: [number, number][] = [];
    for (const depth of found.sort((one, other) => one - other)) {
      const last = stretches.at(-1);
      if (last !== undefined && depth <= last[1] + 1) last[1] = depth;
      else stretches.push([depth, depth]);
    }
    return stretches;
  }
}
