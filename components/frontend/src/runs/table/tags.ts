/** Tags as they are typed: words between commas. Pure; builder/workspace/labels.py has the last word. */

export function parseTags(text: string): string[] {
  const tags = text.split(",").map((tag) => tag.replace(/\s+/g, " ").trim().replace(/^#+/, "").trim());
  const seen = new Set<string>();
  return tags.filter((tag) => tag !== "" && !seen.has(tag.toLowerCase()) && seen.add(tag.toLowerCase()));
}

/** Those that all have, in the first one's order. */
export function commonTags(all: readonly (readonly string[])[]): string[] {
  const [first, ...others] = all;
  return (first ?? []).filter((tag) => others.every((tags) => tags.includes(tag)));
}

/** A run's tags after those that several runs share were edited from `before` to `after`. */
export function retagged(own: readonly string[], before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((tag) => !after.includes(tag));
  return parseTags([...own.filter((tag) => !gone.includes(tag)), ...after].join(","));
}
