/** Which buttons can be pressed in which state, and why not. Pure. */

import { queuedWords, waitWords } from "./queue";
import type { ActionKind, Run, TransportData } from "./types";

export interface Control {
  enabled: boolean;
  /** What it does, or why it cannot be pressed. */
  title: string;
}

export interface MainControl extends Control {
  action: Extract<ActionKind, "train" | "pause" | "resume">;
  label: string;
  icon: "play" | "pause" | "wait";
}

/** A single step of a live run; of an ended one, to train on. */
export interface StepControl extends Control {
  action: Extract<ActionKind, "step" | "go_on">;
  label: string;
}

export interface Controls {
  main: MainControl;
  step: StepControl;
  stop: Control;
  restart: Control;
}

const SHORTCUT = "(Ctrl+Enter)";

export function controls(data: TransportData): Controls {
  const { run } = data;
  const isGoing = run !== null && ["queued", "starting", "running", "paused"].includes(run.status);
  return {
    main: mainControl(data, run),
    step: stepControl(run),
    stop: isGoing
      ? {
          enabled: true,
          title: run.status === "queued" ? "Take it off the queue" : "End this run; what it recorded stays",
        }
      : { enabled: false, title: "Ends a run; there is none to end." },
    restart: restart(data, run),
  };
}

function mainControl(data: TransportData, run: Run | null): MainControl {
  switch (run?.status) {
    case "running":
      return {
        action: "pause",
        label: "Pause",
        icon: "pause",
        enabled: true,
        title: `Pause between two steps ${SHORTCUT}`,
      };
    case "paused":
      return { action: "resume", label: "Resume", icon: "play", enabled: true, title: `Go on training ${SHORTCUT}` };
    case "queued":
      return {
        action: "train",
        label: "Queued",
        icon: "wait",
        enabled: false,
        title: [`The run is ${queuedWords(run)}.`, run.queue && waitWords(run.queue), "Stop takes it off the queue."]
          .filter(Boolean)
          .join(" "),
      };
    case "starting":
      return {
        action: "train",
        label: "Starting",
        icon: "wait",
        enabled: false,
        title: "The trainer loads the data and builds the network.",
      };
    default:
      return {
        action: "train",
        label: "Train",
        icon: "play",
        enabled: data.can_train,
        title: data.can_train ? `Train this network from its initial weights ${SHORTCUT}` : whyNot(data),
      };
  }
}

function stepControl(run: Run | null): StepControl {
  const goOn = { action: "go_on", label: "Go on", enabled: true } as const;
  switch (run?.status) {
    case "stopped":
    case "failed":
    case "crashed":
      return { ...goOn, title: "Go on with this run from its newest checkpoint, with the rates of then" };
    case "finished":
      return { ...goOn, title: "Train on for as long again: a new run that begins where this one ended" };
    case "diverged":
      return { ...goOn, enabled: false, title: "It diverged and would do so again. Lower the rates and train anew." };
    case "running":
    case "paused":
      return { action: "step", label: "Step", enabled: true, title: "One update of the weights, then pause" };
    default:
      return {
        action: "step",
        label: "Step",
        enabled: false,
        title: "One update of the weights; needs a run that is running or paused.",
      };
  }
}

function restart(data: TransportData, run: Run | null): Control {
  if (run === null) return { enabled: false, title: "Fresh start with a new seed; there is no run yet." };
  if (!data.can_train) return { enabled: false, title: whyNot(data) };
  return { enabled: true, title: "Fresh start: new seed, new initial weights, from step 0" };
}

function whyNot(data: TransportData): string {
  return data.why_not || "This network cannot be trained as it is.";
}
