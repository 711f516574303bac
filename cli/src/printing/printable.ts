const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\p{Line_Separator}\p{Paragraph_Separator}]/gu;

/**
 * Escapes every character that would move a terminal's cursor, colour its text, or reorder a line. Ids are any Unicode and come
 * from whoever wrote the event.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return ESCAPES[character] ?? `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
