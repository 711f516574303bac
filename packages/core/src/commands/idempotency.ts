import { DuplicateCommandError } from "../errors/duplicate-command-error";
import { ExpectedVersionError } from "../errors/expected-version-error";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { CommandRecords, KeyedCommand } from "./command-records";

/**
 * Attempts a command with an idempotency key. When the attempt fails, for whatever reason, and the same command was stored
 * meanwhile, that one's result is given: what failed then was only the second.
 *
 * @param outer the unit of work that the command is processed in, of another command or by hand.
 */
export async function attemptOnce(
  records: CommandRecords,
  keyed: KeyedCommand,
  outer: UnitOfWork | undefined,
  attempt: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await attempt();
  } catch (error) {
    const first = await records.find(keyed).catch((reason: unknown) => {
      throw reason instanceof DuplicateCommandError ? reason : error;
    });
    if (first === undefined) throw error;
    if (outer === undefined) return first.result;
    // The failure has spoilt the unit around it: whoever began that tries again, and finds the first result.
    throw new ExpectedVersionError({ stream: keyed.stream.stream, expected: -1, actual: 0 });
  }
}
