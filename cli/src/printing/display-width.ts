/** Returns how many columns of a terminal a text takes. */
export type WidthOf = (text: string) => number;

/** Loads the measure of texts. Asynchronous because the library that knows the widths is an ES module. */
export async function displayWidth(): Promise<WidthOf> {
  const { default: stringWidth } = await import("string-width");
  return stringWidth;
}

/** Finds what a reader takes for one character: a letter with its accents, a family of emoji. */
let characters: Intl.Segmenter | undefined;

/** Makes the segmenter when it is first needed, because that takes longer than to print the help. */
function segmentsOf(text: string): Intl.Segments {
  characters ??= new Intl.Segmenter();
  return characters.segment(text);
}

/** Returns a text that takes at most `columns`, with `…` in place of the end that is missing. */
export function cutEnd(text: string, columns: number, widthOf: WidthOf): string {
  let width = 0;
  let end = 0;
  for (const { segment, index } of segmentsOf(text)) {
    width += widthOf(segment);
    if (width > columns) return `${text.slice(0, end)}…`;
    if (width < columns) end = index + segment.length;
  }
  return text;
}

/** Returns a text that takes at most `columns`, with `…` in place of the middle that is missing. */
export function cutMiddle(text: string, columns: number, widthOf: WidthOf): string {
  if (widthOf(text) <= columns) return text;
  const characters = [...segmentsOf(text)].map(({ segment }) => segment);
  const start = fitting(characters, Math.ceil((columns - 1) / 2), widthOf);
  const end = fitting(characters.toReversed(), columns - 1 - widthOf(start.join("")), widthOf);
  return `${start.join("")}…${end.toReversed().join("")}`;
}

/** Returns the first characters, as many as fit into `columns`. */
function fitting(characters: readonly string[], columns: number, widthOf: WidthOf): readonly string[] {
  let width = 0;
  const count = characters.findIndex((character) => {
    width += widthOf(character);
    return width > columns;
  });
  return characters.slice(0, count === -1 ? characters.length : count);
}
