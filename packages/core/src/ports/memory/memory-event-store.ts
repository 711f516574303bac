import { z } from "zod";

import type { EventStoreAbilities, EventStoreAdapter, VerifiedPage } from "../event-store-adapter";
import type { EventStoreProvider } from "../event-store-provider";
import type { LoadedStream, LoadRequest } from "../loaded-stream";
import { MemoryEventLog } from "./event-log";
import { MemoryOperationStore } from "./operation-store";
import { MemorySnapshotStore } from "./snapshot-store";

const VERIFIED_AT_ONCE = 1_000;

/**
 * Keeps events, snapshots and what consumers keep in the memory of this process, for tests and for trying things out.
 *
 * It stores the same texts as a database does, frozen, so that nothing it returns reaches into it.
 */
export class MemoryEventStore implements EventStoreAdapter {
  readonly description = "memory of this process";
  readonly abilities: EventStoreAbilities = { durable: false, sharedByProcesses: false, detectsDamage: false };

  readonly operations: MemoryOperationStore = new MemoryOperationStore((category) => this.log.endOf(category));
  readonly log = new MemoryEventLog(this.operations);
  readonly snapshots = new MemorySnapshotStore();

  open(): void {}

  close(): void {}

  load(request: LoadRequest): LoadedStream {
    const loaded = this.#load(request);
    const { rows } = request;
    if (rows === undefined) return loaded;
    return { rows: rows.map(({ table, keys }) => this.operations.readModels.rows(table, keys)), ...loaded };
  }

  /** Memory does not rot: every message is as it was written. */
  async *verify(): AsyncGenerator<VerifiedPage> {
    for (let start = 0; start < this.log.size; start += VERIFIED_AT_ONCE) {
      yield { messages: Math.min(VERIFIED_AT_ONCE, this.log.size - start), faults: [] };
    }
  }

  #load(request: LoadRequest): LoadedStream {
    const { stream, category, snapshots, maxVersion, maxTime, limit } = request;
    const events = this.log.eventsOf(request);
    const timeBound = maxTime === undefined ? undefined : events.firstLaterThan(maxTime);
    const bound = Math.min((maxVersion ?? Number.POSITIVE_INFINITY) + 1, timeBound ?? Number.POSITIVE_INFINITY);
    const snapshot = snapshots && this.snapshots.newest(snapshots, bound);
    const page = events.page({
      stream,
      category,
      after: snapshot?.version ?? -1,
      limit,
      ...(maxVersion !== undefined && { maxVersion }),
      ...(maxTime !== undefined && { maxTime }),
    });
    if (snapshot === undefined) return { page };
    const anchor = events.at(snapshot.version);
    return { snapshot, page, ...(anchor && { snapshotEventId: anchor.id }) };
  }
}

/** `provider = "memory"` in domain.toml. */
export const memoryProvider = {
  settings: z.strictObject({}),
  /** Makes an empty store; it takes no settings. */
  create: () => new MemoryEventStore(),
} satisfies EventStoreProvider;
