import { identifier, on, Projection } from "@tidemark/core";
import { bucketOf, type Checkpoint, type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import { declarePaidTills } from "../paid-tills";

/** How few events are folded at once: the fewer, the more moments there are to be killed at. */
const BATCH = 7;
/** Short, since the next process waits for the buckets of the one that was killed. */
const LEASE = "1s";

/** A domain of tills with an async and an inline projection of what they took. It is to be initialised. */
export function projectedPayments(adapter: EventStoreAdapter) {
  const config = { server: { embedded: false }, subscriptions: { batch: BATCH, lease: LEASE } };
  const domain = domainOn(adapter, { name: "crashes", config });

  const { Paid, Takings, pay } = declarePaidTills(domain);

  @domain.projection({ mode: "inline" })
  class Totals extends Projection({
    tillId: identifier(),
    cents: z.number().default(0),
    payments: z.int().default(0),
  }) {
    @on(Paid, { creates: true })
    paid({ cents }: InstanceType<typeof Paid>): void {
      this.cents += cents;
      this.payments++;
    }
  }

  return { domain, Takings, Totals, pay };
}

/** @returns how far the buckets of the async projection have come. */
export async function checkpointsOf({ operations }: EventStoreAdapter): Promise<readonly Checkpoint[]> {
  return operations!.subscriptions.checkpoints("Takings.v1");
}

/** @returns how far the foremost bucket of the async projection has come. */
export async function foremostOf(adapter: EventStoreAdapter): Promise<number> {
  return Math.max(0, ...(await checkpointsOf(adapter)).map(({ position }) => position));
}

/** A row of either projection. */
interface Taken {
  readonly tillId: string;
  readonly cents: number;
  readonly payments: number;
}

interface Payment {
  readonly tillId: string;
  readonly cents: number;
  readonly position: number;
}

/** Folds the log as the projections do, without them. */
export class FoldedPayments {
  readonly #payments: Payment[] = [];
  #position = 0;

  /** @param category that of the tills. */
  constructor(private readonly category = "crashes::till") {}

  /** @returns the rows by their keys, after everything up to a position. */
  async upTo(adapter: EventStoreAdapter, position: number): Promise<readonly Taken[]> {
    await this.#read(adapter, position);
    return this.#rows(() => position);
  }

  /** @returns the rows by their keys, each after everything up to the checkpoint of its bucket. */
  async upToEach(adapter: EventStoreAdapter, checkpoints: readonly Checkpoint[]): Promise<readonly Taken[]> {
    const positions = new Map(checkpoints.map(({ bucket, position }) => [bucket, position]));
    await this.#read(adapter, Math.max(0, ...positions.values()));
    return this.#rows((tillId) => positions.get(bucketOf(tillId, checkpoints.length)) ?? 0);
  }

  async #read({ log }: EventStoreAdapter, position: number): Promise<void> {
    while (this.#position < position) {
      const page = await log.readAll({ after: this.#position, limit: 1_000, categories: [this.category] });
      for (const { data, globalPosition } of page.messages) {
        const { tillId, cents } = JSON.parse(data) as { readonly tillId: string; readonly cents: number };
        this.#payments.push({ tillId, cents, position: globalPosition });
      }
      this.#position = page.upTo;
    }
  }

  #rows(positionOf: (tillId: string) => number): readonly Taken[] {
    const rows = new Map<string, Taken>();
    for (const { tillId, cents, position } of this.#payments) {
      if (position > positionOf(tillId)) continue;
      const row = rows.get(tillId) ?? { tillId, cents: 0, payments: 0 };
      rows.set(tillId, { tillId, cents: row.cents + cents, payments: row.payments + 1 });
    }
    return [...rows.values()].sort((a, b) => (a.tillId < b.tillId ? -1 : 1));
  }
}
