import type { Domain, QueuedCommandStatus } from "@tidemark/core";

import { core } from "../domain/core";
import { nearText } from "../domain/near-names";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";

/** Returns how a command of the queue is. @throws CommandError with the id probably meant where there is none with this one. */
export async function chooseCommand(domain: Domain, id: string): Promise<QueuedCommandStatus> {
  try {
    return await domain.commandHandle(id).status();
  } catch (error) {
    if (!(error instanceof core.errors.ObjectNotFoundError)) throw error;
  }
  const end = (await nearText(idsOf(domain), id)) || "; it was never there, or was carried out and is not kept";
  throw new CommandError(`The queue has no command with id ${JSON.stringify(id)}${end}`, { status: ExitStatus.failed });
}

async function* idsOf(domain: Domain): AsyncGenerator<string> {
  for (const { id } of await domain.commands({ limit: 1_000 })) yield id;
}
