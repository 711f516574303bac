import type {
  Answer,
  SnapshotFilter,
  SnapshotStore,
  SnapshotWrite,
  StoredSnapshot,
  StreamPage,
  StreamRef,
} from "@tidemark/core";

import type { StoreAccess } from "./store-access";

/** The snapshots of a `SqliteEventStore`. */
export class SqliteSnapshots implements SnapshotStore {
  constructor(private readonly store: StoreAccess) {}

  write(writes: readonly SnapshotWrite[]): Promise<void> {
    return this.store.write(({ snapshots }) => snapshots.write(writes), "write to");
  }

  read(ref: StreamRef): Answer<readonly StoredSnapshot[]> {
    return this.store.read(({ snapshots }) => snapshots.all(ref));
  }

  listStreams(category: string, page: StreamPage): Answer<readonly string[]> {
    return this.store.read(({ snapshots }) => snapshots.streams(category, page));
  }

  delete(filter: SnapshotFilter): Promise<number> {
    return this.store.write(({ snapshots }) => snapshots.delete(filter), "write to");
  }
}
