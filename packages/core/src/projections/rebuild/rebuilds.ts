import { ConfigurationError } from "../../errors/configuration-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { RebuildError } from "../../errors/rebuild-error";
import { OUTAGE, pauseMs, pauseUnless } from "../../patience/growing-pause";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import { identifierFault } from "../../schema/identifier";
import { forgottenEvents } from "../forgotten-events";
import { subscriptionOf } from "../projection-consumer";
import type { Projections } from "../projections";
import { KeptTables } from "./kept-tables";
import { Rebuild, startsFromFacts } from "./rebuild";
import type { RebuildOptions, RebuildResult } from "./rebuild-options";
import { RebuildRow } from "./rebuild-row";
import type { RebuildStores } from "./shadow";

interface RebuildsParts {
  /** The name of the domain. */
  readonly domain: string;
  readonly projections: Projections;
  readonly adapter: Pick<EventStoreAdapter, "description" | "log" | "operations">;
  /** The same store for one rebuild: its calls do not outlast the signal. */
  readonly within: (signal: AbortSignal) => Pick<EventStoreAdapter, "description" | "log" | "operations">;
  /** Whether a rebuild that an error has cut off is to go on: the store is back, or about to be. */
  readonly mayGoOn: (error: unknown) => boolean;
  readonly leaseMs: number;
  /** How long a table is kept that a rebuild has replaced. */
  readonly keepOldMs: number;
  /** The present time: milliseconds since 1970, UTC. */
  readonly clock: () => number;
  /** Told of the subscription of a projection that has other rows now. */
  readonly changed: (subscription: string) => void;
  /** Takes the error of an old table that could not be dropped. */
  readonly failed: (projection: string, error: unknown) => void;
}

/** How often a rebuild is begun, where outages cut it off. */
const ATTEMPTS = 10;

/** The rebuilds of a running domain. */
export class Rebuilds {
  readonly #parts: RebuildsParts;
  /** Undefined where the store keeps events alone. */
  readonly #kept: KeptTables | undefined;
  readonly #end = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: RebuildsParts) {
    this.#parts = parts;
    const { projections, adapter, keepOldMs, clock, failed } = parts;
    if (adapter.operations !== undefined)
      this.#kept = new KeptTables({
        projections: () => [...projections.ofMode("async"), ...projections.ofMode("inline")],
        stores: this.#stores(),
        keepOldMs,
        clock,
        failed,
      });
  }

  /** Drops the tables that were kept for long enough, now and later. */
  async start(): Promise<void> {
    await this.#kept?.start();
  }

  /** Cuts rebuilds off, as their signals do. Resolves when none is under way. */
  async close(): Promise<void> {
    this.#end.abort(new IncorrectUsageError("The rebuild was cut off, because the domain closes"));
    await Promise.allSettled(this.#underWay);
    await this.#kept?.close();
  }

  /** @throws RebuildError; IncorrectUsageError for a class that is not registered, or a bad `id`; the reason of the signal. */
  async run(
    projection: Parameters<Projections["of"]>[0],
    { signal, ...options }: RebuildOptions = {},
  ): Promise<RebuildResult> {
    const prepared = this.#parts.projections.of(projection);
    const { leaseMs, clock, changed, within } = this.#parts;
    const ended = signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]);
    const parts = { projection: prepared, stores: this.#stores(within(ended)), leaseMs, clock };
    const work = this.#work(options, parts, ended);
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
      changed(subscriptionOf(prepared.model));
    }
  }

  async #work(
    options: RebuildOptions,
    parts: ConstructorParameters<typeof Rebuild>[0],
    signal: AbortSignal,
  ): Promise<RebuildResult> {
    await this.#refuseForgotten(options, parts);
    // Most calls wait for a store that is away. After one that may have happened, and is not repeated, the next attempt finds out what there is.
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(options, parts, signal);
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted || !this.#parts.mayGoOn(error)) throw error;
      }
      await pauseUnless(signal, pauseMs(OUTAGE, attempt));
    }
  }

  async #attempt(
    options: RebuildOptions,
    parts: ConstructorParameters<typeof Rebuild>[0],
    signal: AbortSignal,
  ): Promise<RebuildResult> {
    const { id } = options;
    if (id === undefined) return await new Rebuild(parts, { ...options, signal }).run();
    const fault = identifierFault(id);
    if (fault !== undefined)
      throw new IncorrectUsageError(`Cannot rebuild a row of ${parts.projection.model.name}: ${fault}`);
    if (options.dryRun === true)
      throw new IncorrectUsageError("Cannot try the rebuild of a single row: give id or dryRun, not both");
    return await new RebuildRow(parts, id, { ...options, signal }).run();
  }

  /** Facts hold whole states, and are never forgotten. */
  async #refuseForgotten(
    options: RebuildOptions,
    { projection, stores }: ConstructorParameters<typeof Rebuild>[0],
  ): Promise<void> {
    if (options.id === undefined && startsFromFacts(projection, options)) return;
    const { model, folding } = projection;
    const explanation = await forgottenEvents(stores.log, folding.categories, 0);
    if (explanation !== undefined) throw new RebuildError({ projection: model.name, explanation });
  }

  #stores(adapter = this.#parts.adapter): RebuildStores {
    const { domain } = this.#parts;
    const { log, operations, description } = adapter;
    if (operations !== undefined) return { domain, log, operations };
    throw new ConfigurationError(`the store (${description}) keeps events alone: it cannot keep projections`);
  }
}
