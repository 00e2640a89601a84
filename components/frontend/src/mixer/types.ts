/** The mixer's wire format; the typed wrapper in components/mixer/__init__.py is its twin. */

/** A text is a number that JSON has no word for: NaN or ∞. */
export type Meter = number | string | null;

export interface Group {
  name: string;
  colour: string;
  /** Base rate; the schedule multiplies it. */
  learning_rate: number;
  weight_decay: number;
  frozen: boolean;
  num_parameters: number;
}

/** Of a group where it was measured last: its rate after the schedule; its gradient before clipping; ‖Δw‖ / ‖w‖. */
export interface Now {
  learning_rate?: Meter;
  grad_norm?: Meter;
  grad_rms?: Meter;
  update_ratio?: Meter;
}

/** What the run's feed says. */
export interface GroupNews {
  groups: Record<string, Now>;
  /** The group beside which all others are frozen. */
  solo?: string | null;
}

export interface MixerData {
  /** The document's name; empty until it is stored. */
  document: string;
  epoch: number;
  rev: number;
  groups: Group[];
  running: boolean;
  read_only: boolean;
  hint: string;
  height: number;
}

/** What a person sets; the mixer owns it while it edits. */
export interface Setting {
  learning_rate: number;
  weight_decay: number;
  frozen: boolean;
}

export interface Edit {
  epoch: number;
  rev: number;
  /** The rev with which the gesture (a drag, a held key) began that this edit belongs to: it is one step of undo. */
  gesture: number;
  groups: ({ name: string } & Setting)[];
}
