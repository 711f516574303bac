import type { DueTimersQuery } from "../ports/timer-store";
import type { Engine } from "../subscriptions/engine";
import type { Consumer } from "../subscriptions/reading/consumer";

interface TimersOfServers {
  /** Finds which of the due timers are those of this server; undefined for all of them. */
  readonly part: () => Promise<DueTimersQuery["part"]>;
  /** Finds the position up to which a process manager is done; undefined where it has no checkpoint. */
  readonly positionOf: (subscription: string) => Promise<number | undefined>;
}

/**
 * Tells how the servers that run process managers share the timers, and how far they are. A server fires timers of all of them, in
 * whatever lanes they are: all servers alive that run one share the owners of timers by their places in the order of their names.
 */
export function timersOf(
  engine: Pick<Engine, "operations" | "workers" | "keeper">,
  processes: readonly Pick<Consumer, "subscription">[],
): TimersOfServers {
  return {
    part: async () => {
      const names = processes.map(({ subscription }) => subscription);
      const shares = await engine.operations.subscriptions.shares(names);
      const servers = [...new Set(shares.flatMap((share) => share.servers))].sort();
      const index = servers.indexOf(engine.keeper.server);
      return index === -1 || servers.length === 1 ? undefined : { index, of: servers.length };
    },
    positionOf: async (subscription) => {
      const here = engine.workers.get(subscription)?.position;
      if (here !== undefined) return here;
      const checkpoints = await engine.operations.subscriptions.checkpoints(subscription);
      return checkpoints.length === 0 ? undefined : Math.min(...checkpoints.map(({ position }) => position));
    },
  };
}
