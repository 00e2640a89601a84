/** Files that a person keeps. */

/** Has the browser save what an address of this app, or of an image made here, gives; its name is the server's unless given. */
export function saveFrom(address: string, name = ""): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** A name that every file system takes. */
export function fileName(words: string, ending: string): string {
  const safe = words
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 80);
  return `${safe || "chart"}.${ending}`;
}
