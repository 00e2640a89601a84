/** Which row of a table is drawn where one is at a time: the newest, or the one that a person went back to. */

/** A row by its `x`, which stays when places change. */
export interface Moment {
  table: string;
  x: number;
}

/** The place of the row to draw; where its own was left out, the one before. Another run's moment is none. */
export function placeOf(moment: Moment | null, table: string, x: readonly number[]): number {
  const newest = x.length - 1;
  if (moment === null || moment.table !== table) return newest;
  const later = x.findIndex((each) => each > moment.x);
  return later < 0 ? newest : Math.max(0, later - 1);
}

/** A moment at this place; at the end it is none, which follows what comes. */
export function momentAt(table: string, x: readonly number[], place: number): Moment | null {
  return place >= x.length - 1 ? null : { table, x: x[Math.max(0, place)]! };
}
