import { randomUUID } from "node:crypto";

import { EventStore } from "@tidemark/core";
import type { EventStoreAbilities, EventStoreAdapter } from "@tidemark/core/adapter";

/** What a conformance run is given to work on. */
export interface EventStoreConformance {
  /** As the tests are titled: `the memory event store`. */
  readonly name: string;
  /** What the adapter has to declare, and then to keep. */
  readonly abilities: EventStoreAbilities;
  /**
   * What the adapter leaves out of the port. The suites of these parts are left out as well, and one test for each checks that the
   * adapter does not have it.
   */
  readonly leavesOut?: readonly OptionalPart[];
  /** Makes a new and empty store for one test. */
  readonly open: () => Promise<OpenedStore>;
  /**
   * Alters the stored data of one event behind the adapter's back. A store that claims to detect damage is only
   * tested for it where this is given.
   */
  readonly damage?: (adapter: EventStoreAdapter, event: { stream: string; position: number }) => Promise<void>;
  /** What a table of a read model is called in statements, where the store runs any; its name where absent. */
  readonly tableInSql?: (adapter: EventStoreAdapter, table: string) => string;
  /** How many random histories to play, 100 where absent, and from which seed. */
  readonly histories?: { readonly runs?: number; readonly seed?: number };
  /**
   * `small` leaves out the largest cases, for a store that keeps everything in memory anyway or for a quick run: streams of 10,001
   * and of 100,000 events, appends of 20,000 events and of 5,000 streams, payloads of 64 MiB. `all` where absent.
   */
  readonly sizes?: "all" | "small";
}

/** A part of the port that an adapter may leave out. */
export type OptionalPart = "operations" | "onAppend" | "forget";

/** A store that a test works on, and how to get rid of it. */
export interface OpenedStore {
  /** Open already. */
  readonly adapter: EventStoreAdapter;
  /** Closes the adapter and opens another one on what it stored. Only called for stores that are durable. */
  reopen(): Promise<EventStoreAdapter>;
  /**
   * Opens another adapter beside the first one, on the same data, as another process has it. Only called for stores that are shared
   * by processes, which need it.
   */
  another?(): Promise<EventStoreAdapter>;
  /** Closes every adapter that is open and removes every trace. */
  dispose(): Promise<void>;
}

/** How long the streams are that are read and folded as a whole: at the borders of pages, and beyond many of them. */
export function streamLengths({ sizes }: EventStoreConformance): readonly number[] {
  const small = [999, 1_000, 1_001, 2_500];
  return sizes === "small" ? small : [...small, 10_001, 100_000];
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

  /** What a table or a view is called in statements. */
  readonly tableInSql = (table: string): string => this.conformance.tableInSql?.(this.adapter, table) ?? table;

  async open(): Promise<void> {
    const opened = await this.conformance.open();
    this.use(opened, opened.adapter);
  }

  async reopen(): Promise<void> {
    const { opened } = this.running;
    this.use(opened, await opened.reopen());
  }

  /** Another adapter on the same data. */
  async another(): Promise<EventStoreAdapter> {
    const { opened } = this.running;
    if (opened.another === undefined)
      throw new Error(
        `${this.conformance.name} is shared by processes: what \`open\` gives needs the method \`another\``,
      );
    return await opened.another();
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
