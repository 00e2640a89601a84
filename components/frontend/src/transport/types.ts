/** The top bar's wire format; the typed wrapper in components/transport/__init__.py is its twin. */

import type { Status } from "../shared/status";

/** A run that holds a slot. */
export interface Holder {
  run: string;
  experiment: string | null;
  name: string;
  status: Status;
}

export interface Queue {
  /** 1 for the next to start. */
  place: number;
  length: number;
  slots: number;
  holders: Holder[];
}

export interface Run {
  /** When it was so, in unix seconds. */
  at: number;
  id: string;
  name: string;
  status: Status;
  /** Why it is in its status, for people; may be long. */
  reason: string;
  step: number;
  num_steps: number;
  epoch: number;
  num_epochs: number;
  samples_per_second: number | null;
  seconds_left: number | null;
  queue: Queue | null;
  /** File, bytes done, bytes in all if known. */
  data_progress: [string, number, number | null] | null;
  val_accuracy: number | null;
  test_accuracy: number | null;
}

export interface Device {
  id: string;
  title: string;
  note: string;
}

export interface Notice {
  id: string | number;
  kind: "info" | "warning" | "error";
  text: string;
  action: { kind: string; title: string } | null;
  /** Whether to go to another experiment is a remedy. */
  elsewhere?: boolean;
}

export interface TransportData {
  experiment: { name: string };
  can_undo: boolean;
  can_redo: boolean;
  devices: Device[];
  device: string | null;
  /** Steps per second; null is unlimited. */
  pace: number | null;
  read_only: boolean;
  can_train: boolean;
  why_not: string;
  run: Run | null;
  notice: Notice | null;
  follow: string | null;
}

/** What the run's feed says. */
export interface RunNews {
  at: number;
  run: Omit<Run, "at">;
}

export type ActionKind =
  | "open_experiments"
  | "rename"
  | "undo"
  | "redo"
  | "presets"
  | "share"
  | "race"
  | "train"
  | "pause"
  | "resume"
  | "step"
  | "go_on"
  | "stop"
  | "restart"
  | "set_device"
  | "set_pace"
  | "navigate"
  | "dismiss"
  | "notice_action";

export type Send = (kind: ActionKind, payload?: Record<string, unknown>) => void;
