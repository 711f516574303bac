import { DeserializationError } from "../errors/deserialization-error";

/** The place of the rows of a joined text. */
export interface JoinedRows {
  readonly stream: string;
  /** The position of the first row; the others follow without gaps. */
  readonly firstPosition: number;
  readonly count: number;
}

/** Writes one row of a joined text: `,"<type>",<data>`. Types hold nothing that JSON would escape. */
export function foldText(type: string, data: string): string {
  return `,"${type}",${data}`;
}

/**
 * Parses the joined texts of consecutive events (see `foldText`) at once, which is up to twice as fast as row by row.
 *
 * @returns alternately type and data, as a `FoldPage` holds them.
 * @throws DeserializationError naming the first row that was altered.
 */
export function parseFoldText(joined: string, rows: JoinedRows): unknown[] {
  const events = parsed(`[${joined.slice(1)}]`);
  if (Array.isArray(events) && events.length === 2 * rows.count && alternates(events)) return events;
  throw brokenRow(joined, rows);
}

function alternates(events: readonly unknown[]): boolean {
  for (let index = 0; index < events.length; index += 2) {
    if (typeof events[index] !== "string" || !isObject(events[index + 1])) return false;
  }
  return true;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function brokenRow(joined: string, { stream, firstPosition, count }: JoinedRows): DeserializationError {
  let row = 0;
  for (let start = 0; row < count; row++) {
    const dataStart = endOfValue(joined, start + 1);
    const end = endOfValue(joined, dataStart + 1);
    const event = parsed(`[${joined.slice(start + 1, end)}]`);
    if (!Array.isArray(event) || event.length !== 2 || !alternates(event)) break;
    start = end;
  }
  const position = firstPosition + Math.min(row, count - 1);
  return new DeserializationError({ stream, position, reason: "its data is not the JSON text of an object" });
}

/** The index of the comma that ends the value which begins at `start`, or of the text's end. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === "\\") index++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === "," && depth <= 0) return index;
  }
  return text.length;
}
