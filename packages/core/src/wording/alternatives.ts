/** Puts the article before a noun: `an event`, `an SQL projector`. */
export function withArticle(noun: string): string {
  return `${/^([aeiou]|SQL\b)/i.test(noun) ? "an" : "a"} ${noun}`;
}

/** Lists what one may choose from: `an aggregate, an entity or a value object`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
