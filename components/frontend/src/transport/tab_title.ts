/** The browser tab's title while the bar is mounted; Streamlit sets its own at every full run of the script. */
export class TabTitle {
  private before = document.title;
  private wanted: string | null = null;
  private readonly observer = new MutationObserver(() => this.keep());

  constructor() {
    this.observer.observe(document.head, { childList: true, characterData: true, subtree: true });
  }

  set(title: string): void {
    // As `document.title` will say it: a difference in white space alone would be put right for ever.
    this.wanted = title.replace(/\s+/g, " ").trim();
    if (document.title !== this.wanted) document.title = this.wanted;
  }

  restore(): void {
    this.observer.disconnect();
    if (this.wanted !== null && document.title === this.wanted) document.title = this.before;
  }

  private keep(): void {
    if (this.wanted === null || document.title === this.wanted) return;
    this.before = document.title;
    document.title = this.wanted;
  }
}
