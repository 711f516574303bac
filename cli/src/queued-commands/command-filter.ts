import type { CommandsOptions } from "@tidemark/core";
import { type Command, Option } from "commander";

import { repeated } from "../commands/declaration";
import { shellWord } from "../domain/paged";

/** Which queued commands a call asks for. */
export interface FilterOptions {
  readonly lane?: readonly string[];
  readonly type?: readonly string[];
}

/** Adds the options that choose among queued commands. */
export function addFilter(command: Command): Command {
  return command
    .addOption(new Option("--lane <name>", "only those in this lane; may be repeated").argParser(repeated))
    .addOption(
      new Option("--type <name>", "only this type, Withdraw or as stored; may be repeated").argParser(repeated),
    );
}

/** The filter as `domain.commands()` takes it, which refuses names that the domain does not have. */
export function filterOf({ lane: lanes, type: types }: FilterOptions): CommandsOptions {
  return { ...(lanes !== undefined && { lanes }), ...(types !== undefined && { types }) };
}

/** Writes the filter as options of a call. */
export function filterInWords({ lane = [], type = [] }: FilterOptions): string[] {
  return [...lane.map((name) => `--lane=${shellWord(name)}`), ...type.map((name) => `--type=${shellWord(name)}`)];
}
