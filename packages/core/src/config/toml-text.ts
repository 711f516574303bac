import type { SettingPath, Table } from "./setting-path";
import { forbiddenKey, TomlParser } from "./toml-parser";

/** A fault of the text itself. Lines and columns count from 1. */
interface TomlFault {
  /** `unterminated string`. */
  readonly what: string;
  readonly line: number;
  /** Absent for a fault of a whole key. */
  readonly column?: number;
}

/** The settings of a TOML text, and the line of each key. */
export class TomlText {
  /** Incomplete where there are faults. */
  readonly settings: Table;
  readonly faults: readonly TomlFault[];
  private readonly lines: TomlParser["lines"];

  constructor(text: string) {
    const parser = new TomlParser();
    const fault = parseAll(parser, text);
    this.settings = parser.obj;
    this.lines = parser.lines;
    const keyFaults = [...faultsOfKeys(parser.obj, parser.lines)].sort((one, other) => one.line - other.line);
    this.faults = keyFaults.length > 0 || fault === undefined ? keyFaults : [fault];
  }

  /** Returns the line of a key, or of the innermost table or array around it that the text names; 1 where it names none. */
  lineOf(path: SettingPath): number {
    let line = 1;
    let place: unknown = this.settings;
    for (const key of path) {
      if (typeof place !== "object" || place === null) break;
      line = this.lines.get(place)?.get(String(key)) ?? line;
      place = Object.hasOwn(place, key) ? (place as Readonly<Record<string | number, unknown>>)[key] : undefined;
    }
    return line;
  }
}

/** Returns the fault that ended the parse, or undefined. */
function parseAll(parser: TomlParser, text: string): TomlFault | undefined {
  try {
    parser.parse(text);
    parser.finish();
    return undefined;
  } catch (error) {
    // The error about a date that no calendar has bears no place: the parser stopped right after the date.
    const { message, line = parser.line, col = parser.col } = error as Error & { line?: number; col?: number };
    // The parser counts on past the end of the text.
    const width = text.split("\n")[line]?.length ?? 0;
    return { what: readable(message), line: line + 1, column: Math.min(line === 0 ? col : col + 1, width + 1) };
  }
}

/** Shows an unexpected character, of which the parser gives the code. */
function readable(message: string): string {
  const spelled = message.replace(/(character:? )"?(\d+)"?$/, (_all, before, code) => {
    return before + JSON.stringify(String.fromCodePoint(Number(code)));
  });
  return spelled.charAt(0).toLowerCase() + spelled.slice(1);
}

/** Yields a fault for each forbidden key, and for each that nests too deeply for the recursive functions that read settings. */
function* faultsOfKeys(place: object, lines: TomlParser["lines"], depth = 1, outerLine = 1): Generator<TomlFault> {
  for (const [key, value] of Object.entries(place)) {
    const line = lines.get(place)?.get(key) ?? outerLine;
    const forbidden = forbiddenKey(key);
    if (forbidden !== undefined) yield { what: `the key "${forbidden}" is not allowed`, line };
    else if (typeof value === "object" && value !== null) {
      if (depth === MAX_DEPTH) yield { what: `tables and arrays nest deeper than ${MAX_DEPTH} levels`, line };
      else yield* faultsOfKeys(value, lines, depth + 1, line);
    }
  }
}

/** Deeper than any setting. */
const MAX_DEPTH = 100;
