import { pathId, type SettingPath } from "./setting-path";

export interface WrittenKey {
  readonly path: SettingPath;
  /** 1-based. Keys inside an inline table bear the line of the key that the table belongs to. */
  readonly line: number;
}

/**
 * Where the keys of a TOML text stand, which its parser does not tell.
 *
 * Reads the text without judging it, so that the keys can be looked at before the parser makes objects of
 * them: @iarna/toml writes into inherited properties where a table is called `constructor`.
 */
export class KeyLines {
  /** In the order of the text. */
  readonly keys: readonly WrittenKey[];
  /** Whether all of the text is TOML as far as its keys go. */
  readonly isUnderstood: boolean;
  /** The length of the text, or the end of the line with the first thing that was not understood. */
  readonly end: number;
  private readonly lines = new Map<string, number>();

  constructor(text: string) {
    const scanner = new Scanner(text);
    this.isUnderstood = scanner.run();
    this.end = this.isUnderstood ? text.length : endOfLine(text, scanner.at);
    this.keys = scanner.keys;
    for (const { path, line } of this.keys) {
      this.lines.set(pathId(path), line);
      for (let depth = 1; depth < path.length; depth++) {
        const above = pathId(path.slice(0, depth));
        if (!this.lines.has(above)) this.lines.set(above, line);
      }
    }
  }

  /** The line of the key, else of the innermost table or array around it that is written; 1 when none is. */
  lineOf(path: SettingPath): number {
    for (let depth = path.length; depth > 0; depth--) {
      const line = this.lines.get(pathId(path.slice(0, depth)));
      if (line !== undefined) return line;
    }
    return 1;
  }
}

const SPACE = /[ \t\r]*/y;
const SPACE_AND_LINES = /(?:[ \t\r\n]|#[^\n]*)*/y;
const REST_OF_LINE = /[ \t\r]*(?:#[^\n]*)?(?:\n|$)/y;
const BARE_KEY = /[\w-]+/y;
const QUOTED = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const TEXT = /"{3}(?:[^\\]|\\[\s\S])*?"{3,5}|'{3}[\s\S]*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'/y;
const NUMBER_DATE_OR_BOOLEAN = /[^,[\]{}#"'\n]+/y;

/** Deeper than any setting; a text that nests further is not understood. */
const MAX_DEPTH = 100;

class Scanner {
  readonly keys: WrittenKey[] = [];
  at = 0;
  private line = 1;
  private countedTo = 0;
  private table: SettingPath = [];
  private readonly arraysOfTables = new Map<string, number>();

  constructor(private readonly text: string) {}

  /** @returns whether all of the text was understood; if not, `at` is the place where it ceased to be. */
  run(): boolean {
    for (;;) {
      this.take(SPACE_AND_LINES);
      if (this.at === this.text.length) return true;
      this.countLines();
      const understood = this.next("[") ? this.header() : this.assignment(this.table, 0);
      if (!understood || this.take(REST_OF_LINE) === undefined) return false;
    }
  }

  private header(): boolean {
    const isArray = this.next("[");
    const names = this.dottedKey();
    if (names === undefined || !this.next("]") || (isArray && !this.next("]"))) return false;
    this.table = this.resolve(names, isArray);
    this.write(this.table);
    return true;
  }

  /** `[accounts.owner]` after `[[accounts]]` belongs to the last of the accounts. */
  private resolve(names: readonly string[], isArray: boolean): SettingPath {
    const path: (string | number)[] = [];
    for (const [index, name] of names.entries()) {
      path.push(name);
      const id = pathId(path);
      const opens = isArray && index === names.length - 1;
      const last = opens ? (this.arraysOfTables.get(id) ?? -1) + 1 : this.arraysOfTables.get(id);
      if (last === undefined) continue;
      this.arraysOfTables.set(id, last);
      path.push(last);
    }
    return path;
  }

  private assignment(table: SettingPath, depth: number): boolean {
    const names = this.dottedKey();
    if (names === undefined || !this.next("=")) return false;
    const path = [...table, ...names];
    this.write(path);
    this.take(SPACE);
    return this.value(path, depth);
  }

  private value(path: SettingPath, depth: number): boolean {
    if (depth > MAX_DEPTH) return false;
    if (this.next("[")) return this.items("]", SPACE_AND_LINES, () => this.value(path, depth + 1));
    if (this.next("{")) return this.items("}", SPACE, () => this.assignment(path, depth + 1));
    return (this.take(TEXT) ?? this.take(NUMBER_DATE_OR_BOOLEAN)) !== undefined;
  }

  private items(end: string, between: RegExp, item: () => boolean): boolean {
    for (;;) {
      this.take(between);
      if (this.next(end)) return true;
      if (!item()) return false;
      this.take(between);
      if (!this.next(",") && this.text[this.at] !== end) return false;
    }
  }

  private dottedKey(): string[] | undefined {
    const names: string[] = [];
    do {
      this.take(SPACE);
      const name = this.take(BARE_KEY) ?? unquoted(this.take(QUOTED));
      if (name === undefined) return undefined;
      names.push(name);
      this.take(SPACE);
    } while (this.next("."));
    return names;
  }

  private write(path: SettingPath): void {
    this.keys.push({ path, line: this.line });
  }

  private countLines(): void {
    for (; this.countedTo < this.at; this.countedTo++) if (this.text[this.countedTo] === "\n") this.line++;
  }

  private next(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private take(token: RegExp): string | undefined {
    token.lastIndex = this.at;
    const found = token.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r" };

function unquoted(key: string | undefined): string | undefined {
  const inner = key?.slice(1, -1);
  if (!key?.startsWith('"')) return inner;
  return inner?.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_all, short, long, letter) => {
    if (letter !== undefined) return ESCAPES[letter] ?? letter;
    const codePoint = Number.parseInt(short ?? long, 16);
    return codePoint > 0x10ffff ? "\ufffd" : String.fromCodePoint(codePoint);
  });
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}
