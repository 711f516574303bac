// @ts-expect-error The package declares no types for this file.
import TomlParserOfPackage from "@iarna/toml/lib/toml-parser.js";

import { isForbiddenKey, type Table } from "./setting-path";

/** The members that are used here of the low-level parser in @iarna/toml, which declares no types for it. */
interface LowLevelParser {
  /** The document, as far as it was parsed. */
  readonly obj: Table;
  /** The table that the last header names. */
  readonly ctx: Table;
  /** `resultTable` is the inline table or the key that is being read, a key as the list of its names. */
  readonly state: { readonly resultTable: object };
  /** The code point that is being read. */
  readonly char: number;
  /** From 0. */
  readonly line: number;
  /** From 1 in the first line, from 0 in the others. */
  readonly col: number;
  parse(text: string): void;
  finish(): void;
  recordAssignKeyword(name: string): unknown;
  parseAssignEqual(): unknown;
  recordAssignStatement(assignment: Assignment): unknown;
  recordInlineTableValue(assignment: Assignment): unknown;
  parseTableMore(name: string): unknown;
  parseListMore(name: string): unknown;
}

interface Assignment {
  /** The parser takes the last name out of it. */
  readonly key: readonly string[];
}

const LowLevelParser = TomlParserOfPackage as new () => LowLevelParser;

/**
 * The parser of @iarna/toml, extended to note the line of each key.
 *
 * It reads a forbidden key under another name, because the original writes into inherited properties where a table is called
 * `constructor`. The package documents the class, but not the methods that are overridden here: it is pinned to one release.
 */
export class TomlParser extends LowLevelParser {
  /** The line of each key, from 1, by the table or array that the key stands in. */
  readonly lines = new Map<object, Map<string, number>>();
  private readonly linesOfAssignments = new WeakMap<object, number>();

  /** Called with each name of a dotted key. */
  override recordAssignKeyword(name: string): unknown {
    return super.recordAssignKeyword(safeName(name));
  }

  /** Called between a key and its value, which may be several lines long. */
  override parseAssignEqual(): unknown {
    this.linesOfAssignments.set(this.state.resultTable, this.line + 1);
    return super.parseAssignEqual();
  }

  override recordAssignStatement(assignment: Assignment): unknown {
    return this.noteKey(this.ctx, assignment, () => super.recordAssignStatement(assignment));
  }

  override recordInlineTableValue(assignment: Assignment): unknown {
    return this.noteKey(this.state.resultTable, assignment, () => super.recordInlineTableValue(assignment));
  }

  /** Called after each name in a header `[a.b]`, repeatedly where spaces follow the name. */
  override parseTableMore(name: string): unknown {
    return this.noteHeader(safeName(name), (safe) => super.parseTableMore(safe));
  }

  /** Called after each name in a header `[[a.b]]`, repeatedly where spaces follow the name. */
  override parseListMore(name: string): unknown {
    return this.noteHeader(safeName(name), (safe) => super.parseListMore(safe));
  }

  private noteKey(table: object, { key }: Assignment, record: () => unknown): unknown {
    const names = [...key];
    try {
      return record();
    } finally {
      const line = this.linesOfAssignments.get(key) ?? this.line + 1;
      let place: unknown = table;
      for (const name of names) {
        if (typeof place !== "object" || place === null) break;
        if (!this.lines.get(place)?.has(name)) this.note(place, name, line);
        place = (place as Table)[name];
      }
    }
  }

  private noteHeader(name: string, read: (name: string) => unknown): unknown {
    const table = this.ctx;
    const next = read(name);
    if (this.ctx === table) return next;
    const [line, isLast, entered] = [this.line + 1, this.char === CLOSING_BRACKET, table[name]];
    // The header of a table counts more than an earlier header of a table in it.
    if (!this.lines.get(table)?.has(name) || (isLast && !Array.isArray(entered))) this.note(table, name, line);
    if (isLast && Array.isArray(entered)) this.note(entered, String(entered.length - 1), line);
    return next;
  }

  private note(place: object, name: string, line: number): void {
    const lines = this.lines.get(place) ?? new Map<string, number>();
    this.lines.set(place, lines.set(name, line));
  }
}

/** Returns the forbidden key that a key was read for; undefined for an allowed one. */
export function forbiddenKey(key: string): string | undefined {
  const name = key.slice(SET_ASIDE.length);
  return key.startsWith(SET_ASIDE) && isForbiddenKey(name) ? name : undefined;
}

const CLOSING_BRACKET = 0x5d;

/** Stands before a forbidden name. No inherited property is called so. */
const SET_ASIDE = "\0";

function safeName(name: string): string {
  return isForbiddenKey(name) ? SET_ASIDE + name : name;
}
