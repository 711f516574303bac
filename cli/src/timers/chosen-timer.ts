import type { Domain, TimerStatus } from "@tidemark/core";

import { core } from "../domain/core";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { chooseProcessManager } from "../processes/chosen-process";

/** A timer of an instance of a process manager, as a call names it. */
export interface NamedTimer {
  readonly process: string;
  readonly id: string;
  readonly name: string;
}

/**
 * Returns what is known of a timer that is set.
 * @throws CommandError for an unknown process manager, and for a timer that is not set.
 */
export async function chooseTimer(domain: Domain, timer: NamedTimer): Promise<TimerStatus> {
  const { process, id, name } = timer;
  chooseProcessManager(domain, process);
  const set = await domain.timers({ process, id, limit: Number.MAX_SAFE_INTEGER });
  const found = set.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = set.map((each) => each.name);
  const others = names.length === 0 ? "; it has set none" : `; it has set ${names.join(", ")}`;
  throw notSet(timer, core.config.didYouMean(name, names) || others);
}

/** The error about a timer that is not set. */
export function notSet({ process, id, name }: NamedTimer, hint = ""): CommandError {
  const timer = `Timer ${JSON.stringify(name)} of ${process} ${JSON.stringify(id)}`;
  return new CommandError(`${timer} is not set${hint}`, { status: ExitStatus.failed });
}
