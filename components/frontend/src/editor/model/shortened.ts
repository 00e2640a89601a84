/** A document as an edit is sent: of a tower of hundreds of items, a hand changes one or two. */

import type { ExperimentDocument, ShortDocument } from "../types";

/**
 * The document with the ids alone of those items of the tower that are as they are in `base`: an edit leaves all others the same
 * objects.
 */
export function shortened(document: ExperimentDocument, base: ExperimentDocument): ShortDocument {
  const known = new Set(base.network.items);
  const items = document.network.items.map((item) => (known.has(item) ? item.id : item));
  return { ...document, network: { ...document.network, items } };
}
