import { readFileSync } from "node:fs";
import { relative } from "node:path";

import { ConfigurationError } from "../errors/configuration-error";
import { pathInWords } from "../wording/in-words";
import { type SettingPath, type Table } from "./setting-path";
import { TomlText } from "./toml-text";

/** A domain.toml that was read: its settings, and the line of each. */
export class ConfigDocument {
  /** @param name the file's name in messages. */
  private constructor(
    readonly file: string,
    private readonly name: string,
    private readonly toml: TomlText,
  ) {}

  /**
   * @throws ConfigurationError naming the file, for one that cannot be read, that is not TOML, or that has a key which no object
   *   may have.
   */
  static read(file: string): ConfigDocument {
    const name = shortName(file);
    const toml = new TomlText(readText(file, name));
    if (toml.faults.length > 0)
      throw new ConfigurationError(
        toml.faults.map(({ what, line, column }) => [name, line, ...(column ? [column] : []), ` ${what}`].join(":")),
      );
    return new ConfigDocument(file, name, toml);
  }

  get settings(): Table {
    return this.toml.settings;
  }

  /**
   * Returns a fault of one setting, with its place.
   *
   * @param predicate follows the setting's name: `is not a setting`.
   */
  fault(path: SettingPath, predicate: string): string {
    return `${this.name}:${this.toml.lineOf(path)}: ${pathInWords(path)} ${predicate}`;
  }

  /** Sorts faults by their lines in this file; those of other places come last. */
  inOrder(faults: readonly string[]): readonly string[] {
    const start = `${this.name}:`;
    const line = (fault: string): number =>
      fault.startsWith(start) ? Number.parseInt(fault.slice(start.length), 10) : Number.MAX_SAFE_INTEGER;
    return faults.toSorted((one, other) => line(one) - line(other));
  }
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
    // The parser refuses a carriage return at the end of a comment, where TOML allows it.
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
