import type { Domain, ProcessStatus } from "@tidemark/core";

import { core } from "../domain/core";
import { nearText } from "../domain/near-names";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";

/** An instance of a process manager, as a call names it. */
export interface NamedProcess {
  readonly process: string;
  readonly id: string;
}

type ProcessManagerClass = NonNullable<ReturnType<Domain["processManagers"]["get"]>>;

/** Returns the process manager with this name. @throws CommandError that names the one probably meant, or all. */
export function chooseProcessManager(domain: Domain, name: string): ProcessManagerClass {
  const found = domain.processManagers.get(name);
  if (found !== undefined) return found;
  const names = [...domain.processManagers.keys()];
  const hint = core.config.didYouMean(name, names) || `; it has ${names.length === 0 ? "none" : names.join(", ")}`;
  throw new CommandError(`Domain ${JSON.stringify(domain.name)} has no process manager ${JSON.stringify(name)}${hint}`);
}

/**
 * Returns how an instance is.
 * @throws CommandError for an unknown process manager, and with the id probably meant where no instance has this one.
 */
export async function chooseProcess(domain: Domain, { process, id }: NamedProcess): Promise<ProcessStatus> {
  chooseProcessManager(domain, process);
  const [status] = await domain.processes({ name: process, id });
  if (status !== undefined) return status;
  throw await notFound(domain, { process, id });
}

async function notFound(domain: Domain, { process, id }: NamedProcess): Promise<CommandError> {
  const parked = (await domain.parked({ subscription: process })).some(({ key }) => key === id);
  const hint = parked
    ? `: it has not made a step, and is set aside; domain parked show ${process} ${id} says why`
    : await nearText(idsOf(domain, process), id);
  return new CommandError(`There is no ${process} with id ${JSON.stringify(id)}${hint}`, { status: ExitStatus.failed });
}

async function* idsOf(domain: Domain, name: string): AsyncGenerator<string> {
  for (const { id } of await domain.processes({ name, limit: 1_000 })) yield id;
}
