import type { Status } from "../shared/status";
import type { Run, TransportData } from "./types";

export function aRun(status: Status, changes: Partial<Run> = {}): Run {
  return {
    at: 0,
    id: "r1",
    name: "#1 digits-residual",
    status,
    reason: "",
    step: 842,
    num_steps: 1200,
    epoch: 7,
    num_epochs: 10,
    samples_per_second: 61_312,
    seconds_left: 4.2,
    queue: null,
    data_progress: null,
    val_accuracy: null,
    test_accuracy: null,
    ...changes,
  };
}

export function someData(run: Run | null, changes: Partial<TransportData> = {}): TransportData {
  return {
    experiment: { name: "digits-residual" },
    can_undo: true,
    can_redo: false,
    devices: [{ id: "cpu", title: "cpu", note: "2 cores" }],
    device: "cpu",
    pace: null,
    read_only: false,
    can_train: true,
    why_not: "",
    run,
    notice: null,
    follow: null,
    ...changes,
  };
}
