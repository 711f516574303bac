import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { parse } from "@iarna/toml";

import { ConfigurationError } from "../errors/configuration-error";
import { KeyLines } from "./key-lines";
import { inWords, pathId, type SettingPath, type Table } from "./setting-path";

/** domain.toml as it was read, and where in it each key stands. */
export class ConfigDocument {
  /** @param name the file as messages call it. */
  private constructor(
    readonly file: string,
    private readonly name: string,
    readonly settings: Table,
    private readonly lines: KeyLines,
  ) {}

  /** @throws ConfigurationError naming the file when it cannot be read, is not TOML, or holds a key that no object may have. */
  static read(file: string): ConfigDocument {
    const name = shortName(file);
    const text = readText(file, name);
    const lines = new KeyLines(text);
    const faults = forbiddenKeys(lines).map(({ key, line }) => `${name}:${line}: the key "${key}" is not allowed`);
    if (faults.length > 0) throw new ConfigurationError(faults);
    return new ConfigDocument(file, name, parseText(text, lines, name), lines);
  }

  /** @param predicate what follows the setting's name: `is not a setting`. */
  fault(path: SettingPath, predicate: string): string {
    return `${this.name}:${this.lines.lineOf(path)}: ${inWords(path)} ${predicate}`;
  }

  /** Faults by their lines in this file; those of other places follow. */
  inOrder(faults: readonly string[]): readonly string[] {
    const start = `${this.name}:`;
    const line = (fault: string): number =>
      fault.startsWith(start) ? Number.parseInt(fault.slice(start.length), 10) : Number.MAX_SAFE_INTEGER;
    return faults.toSorted((one, other) => line(one) - line(other));
  }
}

/** A key that would reach an object's prototype, or that every object has already. */
export function isForbiddenKey(key: string | number): boolean {
  return key === "prototype" || (typeof key === "string" && key in Object.prototype);
}

/** The outermost such key of each path, where it is first written. */
function forbiddenKeys(lines: KeyLines): { key: string | number; line: number }[] {
  const seen = new Set<string>();
  return lines.keys.flatMap(({ path, line }) => {
    const at = path.findIndex(isForbiddenKey);
    const id = pathId(path.slice(0, at + 1));
    if (at < 0 || seen.has(id)) return [];
    seen.add(id);
    return [{ key: path[at] as string, line }];
  });
}

function shortName(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return /^(\.\.[/\\])*[^/\\]+$/.test(fromHere) || !fromHere.startsWith("..") ? fromHere : file;
}

function readText(file: string, name: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`Cannot read ${name}: ${REASONS[code] ?? `the system answers ${code}`}`);
  }
  try {
    // TOML leaves line ends to the reader; the parser refuses a carriage return at the end of a comment.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll("\r\n", "\n");
  } catch {
    throw new ConfigurationError(`Cannot read ${name}: it is not UTF-8 text`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory, not a file",
  ENOENT: "it is a link to a file that does not exist",
};

/** Nothing beyond what was understood reaches the parser, since its keys have not been looked at. */
function parseText(text: string, { end, isUnderstood }: KeyLines, name: string): Table {
  try {
    const settings = parse(text.slice(0, end));
    if (isUnderstood) return settings;
  } catch (error) {
    const { what, line, column } = whereAndWhat(error, text);
    throw new ConfigurationError(`${name}:${line}:${column}: ${what}`);
  }
  throw new ConfigurationError(`${name}:${lineAt(text, end - 1)}:1: this line is not valid TOML`);
}

function whereAndWhat(error: unknown, text: string): { what: string; line: number; column: number } {
  const { message, line, col } = error as { message: string; line?: number; col?: number };
  const what = readable(message);
  if (line === undefined || col === undefined) return { what, line: lineOfFirstError(text), column: 1 };
  // The parser counts columns from 1 in the first line and from 0 in the others, and past the end of the text.
  const width = text.split("\n")[line]?.length ?? 0;
  return { what, line: line + 1, column: Math.min(line === 0 ? col : col + 1, width + 1) };
}

/** The parser's first line without the position and the code frame, which would print what may be secret. */
function readable(message: string): string {
  const [what = ""] = message.split(/ at row \d+|\n/);
  const spelled = what.replace(/(character:? )"?(\d+)"?$/, (_all, before, code) => {
    return before + JSON.stringify(String.fromCodePoint(Number(code)));
  });
  return spelled.charAt(0).toLowerCase() + spelled.slice(1);
}

/** For the errors that the parser throws without a position: dates that no calendar has. */
function lineOfFirstError(text: string): number {
  const lines = text.split("\n");
  const parses = (count: number): boolean => {
    try {
      parse(lines.slice(0, count).join("\n"));
      return true;
    } catch (error) {
      return "line" in (error as object);
    }
  };
  return lines.findIndex((_line, index) => !parses(index + 1)) + 1;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
