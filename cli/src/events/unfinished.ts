import type { Domain, QueuedCommandStatus, TimerStatus } from "@tidemark/core";

const PAGE = 500;

/** Reads the commands of the queue, and the timers that are set. Nothing where the store keeps events alone. */
export async function* queuedCommands(domain: Domain): AsyncGenerator<QueuedCommandStatus> {
  let after: string | undefined;
  for (;;) {
    const page = await orNothing(() => domain.commands({ limit: PAGE, ...(after !== undefined && { after }) }));
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}

export async function* timersSet(domain: Domain): AsyncGenerator<TimerStatus> {
  let after: TimerStatus | undefined;
  for (;;) {
    const page = await orNothing(() => domain.timers({ limit: PAGE, ...(after !== undefined && { after }) }));
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1);
  }
}

/** By the code of the error: it may come from another copy of the framework. */
async function orNothing<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read();
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === "INVALID_CONFIGURATION") return [];
    throw error;
  }
}
