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

/** Of a group at the newest step: its rate after the schedule, its gradient norm before clipping. */
export interface Now {
  learning_rate?: Meter;
  grad_norm?: Meter;
}

/** What the run's feed says. */
export interface GroupNews {
  groups: Record<string, Now>;
}

export interface MixerData {
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
  frozen: boolean;
}

export interface Edit {
  epoch: number;
  rev: number;
  /** The rev with which the gesture (a drag, a held key) began that this edit belongs to: it is one step of undo. */
  gesture: number;
  groups: ({ name: string } & Setting)[];
}
