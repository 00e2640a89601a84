/** How a run stands; builder/workspace/statuses.py is its twin. */
export type Status =
  "queued" | "starting" | "running" | "paused" | "finished" | "stopped" | "diverged" | "failed" | "crashed";
