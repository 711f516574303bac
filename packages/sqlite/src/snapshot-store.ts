import type {
  Answer,
  SnapshotFilter,
  SnapshotStore,
  SnapshotWrite,
  StoredSnapshot,
  StreamPage,
  StreamRef,
} from "@tidemark/core/adapter";

import type { StoreAccess } from "./store-access";

/** The snapshots of a `SqliteEventStore`. */
export class SqliteSnapshotStore implements SnapshotStore {
  constructor(private readonly access: StoreAccess) {}

  write(writes: readonly SnapshotWrite[]): Promise<void> {
    return this.access.write(({ snapshots }) => snapshots.write(writes), "write to");
  }

  read(ref: StreamRef): Answer<readonly StoredSnapshot[]> {
    return this.access.read(({ snapshots }) => snapshots.all(ref));
  }

  listStreams(category: string, page: StreamPage): Answer<readonly string[]> {
    return this.access.read(({ snapshots }) => snapshots.streams(category, page));
  }

  delete(filter: SnapshotFilter): Promise<number> {
    return this.access.write(({ snapshots }) => snapshots.delete(filter), "write to");
  }
}
