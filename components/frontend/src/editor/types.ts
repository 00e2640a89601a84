/** The editor's wire format; the typed wrapper in components/editor/__init__.py is its twin. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A layer, a block (it has `body` and `shortcut`) or a repeat (it has `items`). */
export type Item = { id: string; kind: string } & { [field: string]: Json };

export interface ExperimentDocument {
  network: { items: Item[]; next_id: number } & JsonObject;
  groups: Group[];
  data: { dataset: string } & JsonObject;
  training: JsonObject;
  [key: string]: Json | object;
}

export type Group = {
  name: string;
  colour: string;
  rule: JsonObject;
} & JsonObject;

export type Role = "block" | "layer" | "shortcut_layer" | "repeat";
export type Arc = "none" | "solid" | "gated" | "broken";

export interface Kind {
  role: Role;
  title: string;
  sentence: string;
  formula: string;
  colour: string;
  /** Path data of a drawing in a 24 by 24 box. */
  glyph: string;
  arc: Arc;
  own_fields: string[];
  schema: Schema;
  /** An item with its defaults, without an id. */
  template: { kind: string } & JsonObject;
  /** One line for the card, as in "{out_features} units". */
  summary: string;
}

export interface Recipe {
  name: string;
  title: string;
  sentence: string;
  lane: "body" | "shortcut" | "tower";
  input: "vector" | "image" | "any";
  items: ({ kind: string } & JsonObject)[];
  /** The body that a new block gets for this input. */
  is_default?: boolean;
  /** Block kinds that it fits; none or an empty list is all. */
  kinds?: string[];
}

export interface Grouping {
  name: string;
  title: string;
  sentence: string;
  groups: Group[];
}

export interface Dataset {
  name: string;
  title: string;
  sentence: string;
  shape: number[];
  num_classes: number;
  preview: string | null;
  /** Whether it is on this machine; `embedded` ones always are. */
  available?: boolean;
  embedded?: boolean;
  /** Bytes of its download. */
  size: number;
}

export interface Catalogue {
  kinds: Record<string, Kind>;
  recipes: Recipe[];
  forms: Record<string, Schema>;
  datasets: Dataset[];
}

/** The part of JSON Schema that pydantic writes for the document. */
export interface Schema {
  title?: string;
  description?: string;
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: Json[];
  const?: Json;
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  default?: Json;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  unit?: string;
  scale?: "linear" | "log";
  advanced?: boolean;
  hidden?: boolean;
  $ref?: string;
  $defs?: Record<string, Schema>;
}

export interface ItemAnalysis {
  in_shape: number[] | null;
  out_shape: number[] | null;
  num_parameters: number;
  copies: number;
  groups: number[];
}

export interface Problem {
  item_id: string | null;
  path: string;
  message: string;
}

export interface Analysis {
  rev: number;
  /** Of all items; with a `base`, of those alone that differ from the analysis of that rev. */
  items: Record<string, ItemAnalysis>;
  base: number | null;
  /** Items of the base that are no more. */
  gone: string[];
  problems: Problem[];
  num_parameters: number;
  num_macs: number;
  num_blocks: number;
  groups: { name: string; num_parameters: number }[];
  /** Ready-made sets of groups, with rates. */
  groupings?: Grouping[];
  memory_bytes?: number;
  schedule?: { steps: number[]; learning_rate: number[] };
}

/** Null where there is none, as the gradient of a dropped block. */
export type Measured = number | "NaN" | null;

/** What a block does now, by its copies; what is not measured is not there. builder/pages/live_cards.py says what each is. */
export interface BlockNow {
  gradient?: Measured[];
  alive?: Measured[];
  frozen?: Measured[];
  update?: Measured[];
  gate?: Measured[];
}

export interface Cards {
  step: number;
  /** The step at which updates and gates were measured. */
  probed_at: number;
  items: Record<string, BlockNow>;
}

/** What the run's feed says of the cards; null before the first step. */
export interface Live {
  cards: Cards | null;
}

/** What one step at the initial weights says of the tower; with a `problem` it says nothing. */
export interface Preflight {
  problem?: string;
  sentence?: string;
  epoch_seconds?: number;
  items?: Record<string, { call: "vanishes" | "explodes"; text: string }>;
}

/** `null` for catalogue, document or analysis means: as before. */
export interface EditorData {
  catalogue: Catalogue | null;
  epoch: number;
  rev: number;
  document: ExperimentDocument | null;
  analysis: Analysis | null;
  read_only: boolean;
  follow: string | null;
  /** A run is in training that was started before some edits other than of learning rates. */
  for_next_run: boolean;
  /** Address of the preflight's answer. */
  preflight: string | null;
  /** Address that answers a posted edit with its analysis. */
  draft?: string | null;
  height?: number | null;
}

export interface Edit {
  epoch: number;
  rev: number;
  document: ExperimentDocument;
  /** The rev of this epoch whose analysis the editor has: the answer may leave out what is as it was there. */
  analysed: number | null;
  /** The rev with which the gesture (typing, a slider) began that this edit belongs to: it is one step of undo. */
  gesture: number;
}

export type ActionKind = "undo" | "redo" | "download_dataset" | "resend";
