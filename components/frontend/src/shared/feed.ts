/** News that the page asks the server for itself, again and again; `builder/pages/feed.py` answers. */

/** Takes news; false if something before them is missing, so that everything must be told again. */
export type Take = (news: unknown) => boolean | void;

const VERSION_HEADER = "Highrise-Version";
const SECONDS_HEADER = "Highrise-Seconds";
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5000;

/** One address, asked once for all that follow it. */
class Feed {
  private readonly followers = new Set<Take>();
  private have = "";
  private newest: unknown = undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private isAsking = false;
  private isGone = false;

  constructor(
    private readonly address: string,
    private readonly sleeps: boolean,
  ) {
    if (sleeps) document.addEventListener("visibilitychange", this.onVisible);
  }

  get isFollowed(): boolean {
    return this.followers.size > 0;
  }

  add(take: Take): void {
    this.followers.add(take);
    if (this.newest !== undefined && take(this.newest) === false) this.have = "";
    this.askNow();
  }

  remove(take: Take): void {
    this.followers.delete(take);
    if (this.isFollowed) return;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  private readonly onVisible = () => this.askNow();

  private askNow(): void {
    this.isGone = false;
    if (!this.isAsking) void this.ask();
  }

  private async ask(): Promise<void> {
    clearTimeout(this.timer);
    // What is not seen need not be drawn; whoever comes back asks at once.
    if (this.isGone || !this.isFollowed || (this.sleeps && document.hidden)) return;
    this.isAsking = true;
    const waitMs = await this.question().catch(() => this.failed());
    this.isAsking = false;
    if (this.isFollowed) this.timer = setTimeout(() => void this.ask(), waitMs);
  }

  /** Milliseconds until the next question. */
  private async question(): Promise<number> {
    const separator = this.address.includes("?") ? "&" : "?";
    const query = `${separator}have=${encodeURIComponent(this.have)}`;
    const response = await fetch(beside(this.address + query), { cache: "no-store" });
    if (response.status >= 500) throw new Error(response.statusText);
    // Deleted, or not for this person: to ask again helps nobody.
    this.isGone = !response.ok;
    if (response.status === 200) this.tell(await response.json(), response.headers.get(VERSION_HEADER) ?? "");
    this.retryMs = FIRST_RETRY_MS;
    return 1000 * Number(response.headers.get(SECONDS_HEADER) ?? 1);
  }

  /** The server is busy, or restarts. */
  private failed(): number {
    this.retryMs = Math.min(LAST_RETRY_MS, 2 * this.retryMs);
    return this.retryMs;
  }

  private tell(news: unknown, version: string): void {
    this.newest = news;
    const taken = [...this.followers].map((take) => take(news));
    this.have = taken.includes(false) ? "" : version;
  }
}

/** Components are built apart and meet here. */
function feeds(): Map<string, Feed> {
  const home = window as { __highrise_feeds?: Map<string, Feed> };
  return (home.__highrise_feeds ??= new Map<string, Feed>());
}

/** Follows an address beside the page until the result is called; with `sleeps` not while the tab is hidden. */
export function follow(address: string, take: Take, { sleeps }: { sleeps: boolean }): () => void {
  let feed = feeds().get(address);
  if (feed === undefined) feeds().set(address, (feed = new Feed(address, sleeps)));
  const followed = feed;
  followed.add(take);
  return () => {
    followed.remove(take);
    if (!followed.isFollowed && feeds().get(address) === followed) feeds().delete(address);
  };
}

/** Follows one address at a time. */
export class Following {
  private address: string | null = null;
  private stop = () => {};

  /** `take` gets the news of the newest address, and null once there is none. */
  constructor(
    private readonly take: Take,
    private readonly options: { sleeps: boolean },
  ) {}

  to(address: string | null): void {
    if (address === this.address) return;
    this.rest();
    this.address = address;
    if (address === null) this.take(null);
    else this.stop = follow(address, this.take, this.options);
  }

  /** Follows nothing for now; what was told last stays. */
  rest(): void {
    this.stop();
    this.stop = () => {};
    this.address = null;
  }
}

/** An answer that was asked for once. */
export interface Answer {
  /** Null where there is nothing. */
  found: unknown;
  /** Seconds after which another question is welcome. */
  seconds: number;
}

/** Asks once; rejects if the server does not answer. */
export async function ask(address: string): Promise<Answer> {
  const response = await fetch(beside(address), { cache: "no-store" });
  if (!response.ok) throw new Error(response.statusText);
  const found: unknown = response.status === 200 ? await response.json() : null;
  return { found, seconds: Number(response.headers.get(SECONDS_HEADER) ?? 1) };
}

/** The page may be served under a path. */
export function beside(address: string): string {
  return `${window.location.pathname.replace(/\/*$/, "/")}${address}`;
}
