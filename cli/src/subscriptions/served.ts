import type { Domain, SubscriptionStatus } from "@tidemark/core";

import { core } from "../domain/core";
import type { DomainOptions } from "../domain/with-domain";
import { CommandError } from "../io/command-error";

export interface ServerOptions extends DomainOptions {
  /** The lanes to run; all of them where absent. */
  readonly lane?: readonly string[];
  readonly once?: boolean;
  /** How many processes share the work. */
  readonly workers?: number;
  /** Where to tell of the health of the server, over domain.toml. */
  readonly health?: string;
}

/** What a server runs. */
interface Served {
  readonly domain: string;
  /** The event store in words that hold no secret. */
  readonly store: string;
  readonly lanes: readonly string[];
  readonly subscriptions: readonly string[];
  /** Those that an operator or domain.toml pauses. */
  readonly paused: readonly string[];
}

/** Returns what a server of some lanes runs. @throws CommandError where that is nothing, and for a lane that nothing is in. */
export async function servedBy(domain: Domain, lanes: readonly string[] | undefined): Promise<Served> {
  const all = await domain.subscriptions();
  const { runsCommands, lanes: lanesOfServers } = domain.serving;
  const inLanes = [...new Set(all.map(({ lane }) => lane))];
  const known = runsCommands ? lanesOfServers : inLanes;
  const name = JSON.stringify(domain.name);
  if (all.length === 0 && !runsCommands)
    throw new CommandError(
      `Domain ${name} has nothing that a server could run: no event handler, no SQL projector, no projection of mode "async" and no command`,
    );
  for (const lane of lanes ?? []) {
    if (known.includes(lane)) continue;
    const hint = core.config.didYouMean(lane, known) || `; there are ${known.join(", ")}`;
    throw new CommandError(`Domain ${name} has no subscription in lane ${JSON.stringify(lane)}${hint}`);
  }
  const chosen = all.filter(({ lane }) => lanes?.includes(lane) ?? true);
  const isPaused = ({ state }: SubscriptionStatus) => state === "paused";
  return {
    domain: domain.name,
    store: domain.eventStore.description,
    lanes: known.filter((lane) => lanes?.includes(lane) ?? true),
    subscriptions: chosen.filter((status) => !isPaused(status)).map((status) => status.name),
    paused: chosen.filter(isPaused).map((status) => status.name),
  };
}

/** Returns the line with which a server begins. @param verb `Serving`, `Catching up`. @param health where its health is told. */
export function openingLine(
  verb: string,
  { domain, store, lanes, subscriptions, paused }: Served,
  health?: string,
): string {
  const others = paused.length === 0 ? "commands that run later" : "nothing";
  const running = subscriptions.length === 0 ? others : subscriptions.join(", ");
  const parts = [
    `${verb} ${domain}: ${running}`,
    `${lanes.length === 1 ? "lane" : "lanes"} ${lanes.join(", ")}`,
    ...(paused.length === 0 ? [] : [`paused: ${paused.join(", ")}`]),
    store,
    ...(health === undefined ? [] : [`health at ${health}`]),
  ];
  return `${parts.join("; ")}\n`;
}
