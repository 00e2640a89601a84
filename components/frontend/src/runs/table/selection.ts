/** Which rows are selected, as in a list of files. Pure. */

export interface Keys {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

export class Selection {
  readonly ids = new Set<string>();
  /** The row that keys move from. */
  active: string | null = null;
  private anchor: string | null = null;

  /** A click: alone, to or from those selected (Ctrl), or all up to there (Shift). */
  press(id: string, order: readonly string[], keys: Keys): void {
    if (keys.shiftKey) this.extendTo(id, order);
    else if (keys.ctrlKey || keys.metaKey) {
      if (!this.ids.delete(id)) this.ids.add(id);
      this.anchor = id;
    } else this.only(id);
    this.active = id;
  }

  /** An arrow; the end of the list stops it. */
  move(by: number, order: readonly string[], isExtending: boolean): void {
    if (order.length === 0) return;
    const from = this.active === null ? -1 : order.indexOf(this.active);
    const to = order[Math.max(0, Math.min(order.length - 1, from + by))]!;
    if (isExtending) this.extendTo(to, order);
    else this.only(to);
    this.active = to;
  }

  all(order: readonly string[]): void {
    for (const id of order) this.ids.add(id);
  }

  /** Forgets rows that are no longer seen; what was active leaves its place to the one that has come there. */
  keep(order: readonly string[], before: readonly string[]): void {
    const seen = new Set(order);
    for (const id of [...this.ids]) if (!seen.has(id)) this.ids.delete(id);
    if (this.active === null || seen.has(this.active)) return;
    const place = before.indexOf(this.active);
    this.active = place < 0 ? null : (order[Math.min(place, order.length - 1)] ?? null);
    if (this.ids.size === 0 && this.active !== null) this.only(this.active);
  }

  private only(id: string): void {
    this.ids.clear();
    this.ids.add(id);
    this.anchor = id;
  }

  private extendTo(id: string, order: readonly string[]): void {
    const from = order.indexOf(this.anchor ?? id);
    const to = order.indexOf(id);
    this.ids.clear();
    for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) this.ids.add(each);
  }
}
