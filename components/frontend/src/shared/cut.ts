/** Names that are too long. */

/** Without its middle: both ends say what it is, of a name its beginning, of a change its size. */
export function cutInTheMiddle(text: string, most: number): string {
  const letters = [...text];
  if (letters.length <= most) return text;
  const after = Math.floor((most - 1) / 2);
  return `${letters.slice(0, most - 1 - after).join("")}…${letters.slice(-after).join("")}`;
}

const HEAD = 5;

/** Several names cut so that those which differ still do: of the ones that a cut would make equal, where they differ stays. */
export function cutApart(texts: readonly string[], most: number): string[] {
  const cut = texts.map((text) => cutInTheMiddle(text, most));
  return texts.map((text, index) => {
    const alike = texts.filter((other, place) => other !== text && cut[place] === cut[index]);
    if (alike.length === 0) return cut[index]!;
    const letters = [...text];
    const differAt = Math.min(...alike.map((other) => firstDifference(letters, [...other])));
    const from = Math.max(HEAD, Math.min(differAt - 1, letters.length - (most - HEAD - 2)));
    const rest = letters.slice(from);
    const room = most - HEAD - 1;
    const tail = rest.length > room ? `${rest.slice(0, room - 1).join("")}…` : rest.join("");
    return `${letters.slice(0, HEAD).join("")}…${tail}`;
  });
}

function firstDifference(one: readonly string[], other: readonly string[]): number {
  let place = 0;
  while (place < one.length && one[place] === other[place]) place += 1;
  return place;
}
