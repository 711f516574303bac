import { randomUUID } from "node:crypto";

import { EventStore } from "@tidemark/core";
import { type EventStoreAbilities, type EventStoreAdapter } from "@tidemark/core/adapter";

/** What a conformance run is given to work on. */
export interface EventStoreConformance {
  /** As the tests are titled: `the memory event store`. */
  readonly name: string;
  /** What the adapter has to declare, and then to keep. */
  readonly abilities: EventStoreAbilities;
  /** Makes a new and empty store for one test. */
  readonly open: () => Promise<OpenedStore>;
  /**
   * Alters the stored data of one event behind the adapter's back. A store that claims to detect damage is only
   * tested for it where this is given.
   */
  readonly damage?: (adapter: EventStoreAdapter, event: { stream: string; position: number }) => Promise<void>;
  /** How many random histories to play, 100 where absent, and from which seed. */
  readonly histories?: { readonly runs?: number; readonly seed?: number };
}

/** A store that a test works on, and how to get rid of it. */
export interface OpenedStore {
  /** Open already. */
  readonly adapter: EventStoreAdapter;
  /** Closes the adapter and opens another one on what it stored. Only called for stores that are durable. */
  reopen(): Promise<EventStoreAdapter>;
  /** Closes what is open and removes every trace. */
  dispose(): Promise<void>;
}

/** The cap that the suites run under: 16 MiB. */
export const MAX_EVENT_BYTES = 16 * 1024 * 1024;

/** The store of the test that runs: its adapter, and the facade that users have over it. */
export class StoreUnderTest {
  private current: { opened: OpenedStore; adapter: EventStoreAdapter; store: EventStore } | undefined;

  constructor(readonly conformance: EventStoreConformance) {}

  get adapter(): EventStoreAdapter {
    return this.running.adapter;
  }

  get store(): EventStore {
    return this.running.store;
  }

  async open(): Promise<void> {
    const opened = await this.conformance.open();
    this.use(opened, opened.adapter);
  }

  async reopen(): Promise<void> {
    const { opened } = this.running;
    this.use(opened, await opened.reopen());
  }

  async dispose(): Promise<void> {
    const opened = this.current?.opened;
    this.current = undefined;
    await opened?.dispose();
  }

  private use(opened: OpenedStore, adapter: EventStoreAdapter): void {
    this.current = { opened, adapter, store: storeOver(adapter, MAX_EVENT_BYTES) };
  }

  private get running() {
    if (this.current === undefined) throw new Error("The event store under test is not open");
    return this.current;
  }
}

export function storeOver(adapter: EventStoreAdapter, maxEventBytes: number): EventStore {
  return new EventStore(adapter, { ids: randomUUID, clock: () => new Date(), maxEventBytes });
}
