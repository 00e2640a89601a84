import { progress } from "./status_line";
import type { Run } from "./types";

/** Progress first, so that a narrow tab still shows it. */
export function titleOf(experiment: string, run: Run | null): string {
  return [...(run === null ? [] : [progressWord(run)]), experiment, "Highrise"].join(" · ");
}

function progressWord(run: Run): string {
  if (!["running", "paused"].includes(run.status) || run.num_steps === 0) return run.status;
  return `${run.status === "paused" ? "paused " : ""}${Math.round(100 * progress(run))}%`;
}

/** The browser tab's title from `set` to `restore`; Streamlit sets its own at every full run of the script. */
export class TabTitle {
  private before = "";
  private wanted: string | null = null;
  private readonly observer = new MutationObserver(() => this.keep());

  set(title: string): void {
    if (this.wanted === null) {
      this.before = document.title;
      this.observer.observe(document.head, { childList: true, characterData: true, subtree: true });
    }
    // As `document.title` will say it: a difference in white space alone would be put right for ever.
    this.wanted = title.replace(/\s+/g, " ").trim();
    if (document.title !== this.wanted) document.title = this.wanted;
  }

  restore(): void {
    this.observer.disconnect();
    if (this.wanted !== null && document.title === this.wanted) document.title = this.before;
    this.wanted = null;
  }

  private keep(): void {
    if (this.wanted === null || document.title === this.wanted) return;
    this.before = document.title;
    document.title = this.wanted;
  }
}
