import { CommandError } from "./command-error";

/** Which aggregates a command is about: one, those of a class, or all. */
export interface Selection {
  /** The name of a class. */
  readonly aggregate?: string;
  readonly identifier?: string;
}

/** @throws CommandError for an id without the class that it belongs to. */
export function checkSelection({ aggregate, identifier }: Selection): void {
  if (identifier === undefined || aggregate !== undefined) return;
  throw new CommandError("--identifier needs --aggregate: ids are unique only within an aggregate's class");
}
