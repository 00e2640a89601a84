/** Blocks that are pointed at: the tower tells the charts of its own, and lights up what a chart tells of. */

import { onPointed, type Pointed, Pointer, type Source } from "../../shared/pointed";
import { find, isBlock, walk } from "../model/tree";
import type { ExperimentDocument, Item } from "../types";

/** What of the tower is lit: a card, in a repeat also the mark of its copy. */
export interface Lit {
  id: string;
  copy: number | null;
}

/**
 * Where a block that is pointed at shows: its card, or where a closed repeat hides that, the repeat's; and in each repeat
 * around it the mark of its copy.
 */
export function litBy(document: ExperimentDocument, at: Pointed, isShown: (id: string) => boolean): Lit[] {
  return at.items.flatMap((id) => {
    const found = find(document, id);
    if (found === null) return [];
    const repeats: Lit[] = [];
    let rest = at.copy;
    for (const repeat of [...found.ancestors].reverse()) {
      const times = Math.max(1, Number(repeat["times"]));
      repeats.push({ id: repeat.id, copy: rest === null ? null : rest % times });
      if (rest !== null) rest = Math.floor(rest / times);
    }
    return [{ id, copy: null }, ...repeats].filter(({ id: each }) => isShown(each));
  });
}

/** The blocks that a card stands for: its own, those that it repeats, or that around a layer in a lane. */
export function blocksOf(document: ExperimentDocument, id: string): string[] {
  const found = find(document, id);
  if (found === null) return [];
  const own: Item[] = found.ancestors.filter(isBlock).slice(0, 1);
  return (own.length > 0 ? own : [...walk([found.item])].filter(isBlock)).map((item) => item.id);
}

/** The pointer over the cards, else the focus among them. */
export class Highlight {
  private readonly pointer = new Pointer("tower");
  private readonly forget: () => void;
  private hovered: string | null = null;
  private focused: string | null = null;

  constructor(
    private readonly document: () => ExperimentDocument | null,
    light: (at: Pointed | null) => void,
  ) {
    // A card under the pointer or with the focus is marked already.
    this.forget = onPointed((at: Pointed | null, source: Source | null) => light(source === "charts" ? at : null));
  }

  hover(id: string | null): void {
    this.hovered = id;
    this.tell();
  }

  focus(id: string | null): void {
    this.focused = id;
    this.tell();
  }

  destroy(): void {
    this.forget();
    this.pointer.point(null);
  }

  private tell(): void {
    const document = this.document();
    const id = this.hovered ?? this.focused;
    const items = document !== null && id !== null ? blocksOf(document, id) : [];
    this.pointer.point(items.length > 0 ? { items, copy: null } : null);
  }
}
