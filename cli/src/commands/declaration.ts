import { InvalidArgumentError, Option } from "commander";

import type { Io } from "../io/io";

/** What the action of a command gets besides its arguments and options. */
export interface Runtime {
  readonly io: Io;
  /** Sets the exit status of the program. */
  end(status: number): void;
}

export function jsonOption(): Option {
  return new Option("--json", "print one JSON document");
}

export function yesOption(): Option {
  return new Option("--yes", "do not ask");
}

export function aggregateOption(): Option {
  return new Option("--aggregate <name>", "only aggregates of this class");
}

export function identifierOption(): Option {
  return new Option("--identifier <id>", "only the aggregate with this id; needs --aggregate");
}

/** Collects the values of an option that may be repeated. */
export function repeated(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/** Makes the option `--limit`; `all` stands for no limit. */
export function limitOption(description: string, usual: number): Option {
  const parse = wholeNumber(1);
  return new Option("--limit <n>", `${description}, or all`)
    .argParser((text) => (text === "all" ? Number.POSITIVE_INFINITY : parse(text)))
    .default(usual);
}

/** Returns a parser of whole numbers that are not below `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}
