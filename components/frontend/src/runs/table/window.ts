/** Which rows of a long list are made: those in sight, and a few beside them. Pure. */

export const ROW_PX = 29;
const BESIDE = 8;

export interface Window {
  first: number;
  /** One past the last. */
  end: number;
}

export function windowOf(scrollTop: number, height: number, numRows: number): Window {
  const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - BESIDE);
  const end = Math.min(numRows, Math.ceil((scrollTop + height) / ROW_PX) + BESIDE);
  return { first: Math.min(first, end), end };
}

/** Where to scroll so that a row is in sight, under a head of `headPx`; as it is where it already is. */
export function scrollFor(place: number, scrollTop: number, height: number, headPx: number): number {
  const top = place * ROW_PX;
  const bottom = top + ROW_PX;
  if (top < scrollTop) return top;
  const seen = height - headPx;
  return bottom > scrollTop + seen ? bottom - seen : scrollTop;
}
