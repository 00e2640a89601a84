/** What every part of the view may read and do; one per editor. */

import type { Actions } from "../actions";
import type { Store } from "../store";
import type { Catalogue, ExperimentDocument } from "../types";

export interface Scene {
  readonly store: Store;
  readonly actions: Actions;
  readonly catalogue: Catalogue;
  readonly document: ExperimentDocument;
}
