/** Addresses of this server. Pure. */

/** The page's own address with another query. */
export function addressOf(page: string, query: string): string {
  const url = new URL(page);
  url.search = query;
  url.hash = "";
  return url.href;
}

/** Whether nobody on another machine can open it. */
export function isOfThisMachine(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}
