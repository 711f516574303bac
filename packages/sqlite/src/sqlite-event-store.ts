import { resolve } from "node:path";

import { IncorrectUsageError } from "@tidemark/core";
import {
  type Answer,
  type Diagnosis,
  type EventStoreAbilities,
  type EventStoreAdapter,
  type LoadedStream,
  type LoadRequest,
  type SchemaChange,
  type VerifiedPage,
} from "@tidemark/core/adapter";

import { retryWhileBusy } from "./busy-retry";
import { storeError } from "./database-errors";
import { diagnoseFile, factsOf, storedFacts } from "./diagnosis";
import { chooseDriver } from "./drivers/choose-driver";
import type { Driver, DriverName } from "./drivers/database";
import { SqliteEventLog } from "./event-log";
import { IN_MEMORY, storedVersion } from "./open-database";
import { OpenStore } from "./open-store";
import { SqliteOperationStore } from "./operation-store";
import { SCHEMA_VERSION } from "./schema";
import { SqliteSnapshotStore } from "./snapshot-store";
import type { StoreAccess } from "./store-access";
import { verifyStore } from "./verification";

/** What `new SqliteEventStore(settings)` takes; domain.toml has the same under `[event_store]`. */
export interface SqliteSettings {
  /** The file, created with its folders where it is missing; `:memory:` for a store that ends with the process. */
  readonly path: string;
  /**
   * `full` (the default) flushes each commit to the disk before it is acknowledged; `normal` is faster, survives the
   * death of the process, and may lose the last commits with the power supply.
   */
  readonly synchronous?: "full" | "normal";
  /** How long to try again while other processes hold the file's lock; 5,000 where absent. */
  readonly busyTimeoutMs?: number;
  /**
   * What opens the file: the package better-sqlite3, or the SQLite of Node 22.13 and later. Where absent, better-sqlite3 if it can
   * be loaded, else that of Node. Files are the same for both.
   */
  readonly driver?: "better-sqlite3" | "node";
}

/** Keeps events, snapshots and what consumers keep in one SQLite file, which several processes may share. */
export class SqliteEventStore implements EventStoreAdapter {
  readonly description: string;
  readonly abilities: EventStoreAbilities;
  readonly log: SqliteEventLog;
  readonly snapshots: SqliteSnapshotStore;
  readonly operations: SqliteOperationStore;

  private readonly path: string;
  private readonly synchronous: "full" | "normal";
  private readonly busyTimeoutMs: number;
  private readonly askedDriver: DriverName | undefined;
  private openDriver: Driver | undefined;
  private store: OpenStore | undefined;
  private closing: Promise<void> | undefined;

  constructor({ path, synchronous = "full", busyTimeoutMs = 5_000, driver }: SqliteSettings) {
    const inMemory = path === IN_MEMORY;
    this.path = inMemory ? path : resolve(path);
    this.synchronous = synchronous;
    this.busyTimeoutMs = busyTimeoutMs;
    this.askedDriver = driver;
    this.description = inMemory ? "SQLite database in memory" : `SQLite file ${JSON.stringify(path)}`;
    const access: StoreAccess = {
      isShared: !inMemory,
      read: (attempt) => this.read(attempt),
      write: (work, attempted, timeoutMs) => this.write(work, attempted, timeoutMs),
    };
    this.log = new SqliteEventLog(access);
    this.snapshots = new SqliteSnapshotStore(access);
    this.operations = new SqliteOperationStore(access);
    this.abilities = { durable: !inMemory, sharedByProcesses: !inMemory, detectsDamage: true };
  }

  /** What opened the file; undefined before that. */
  get driver(): "better-sqlite3" | "node" | undefined {
    return this.openDriver?.name;
  }

  async open(): Promise<void> {
    await this.closing;
    if (this.store !== undefined) return;
    const { path, synchronous, description, busyTimeoutMs } = this;
    const file = { path, synchronous, description };
    const opened = await this.tried("Cannot open", () => {
      this.openDriver = chooseDriver(this.askedDriver);
      return new OpenStore(this.openDriver, file, busyTimeoutMs);
    });
    if (this.store === undefined) this.store = opened;
    else opened.database.close();
  }

  /** Opens the store, which creates or upgrades the schema, and says what that changed. */
  async migrate(): Promise<SchemaChange> {
    await this.open();
    return this.opened("migrate").schemaChange;
  }

  /** Looks at the file without opening the store. */
  async plannedMigration(): Promise<Pick<SchemaChange, "from" | "to">> {
    const { path, description } = this;
    return this.tried("Cannot open", () => {
      return { from: storedVersion(chooseDriver(this.askedDriver), { path, description }), to: SCHEMA_VERSION };
    });
  }

  async close(): Promise<void> {
    this.closing ??= this.letGo().finally(() => {
      this.closing = undefined;
    });
    await this.closing;
  }

  load(request: LoadRequest): Answer<LoadedStream> {
    return this.read(({ loader, readModels }) => {
      const loaded = loader.load(request);
      const { rows } = request;
      if (rows === undefined) return loaded;
      return { ...loaded, rows: rows.map(({ table, keys }) => readModels.rows(table, keys)) };
    });
  }

  async *verify(): AsyncGenerator<VerifiedPage> {
    const { database } = this.opened("verify");
    try {
      yield* verifyStore(database);
    } catch (error) {
      throw storeError(error, "Cannot verify", this.description);
    }
  }

  /** Looks at how the file is written, what it lies on and what reads it. Needs no `open()`, and creates no file. */
  async diagnose(): Promise<readonly Diagnosis[]> {
    const { path, synchronous, description } = this;
    const facts = await (this.store === undefined
      ? this.tried("Cannot open", () => storedFacts(chooseDriver(this.askedDriver), { path, synchronous, description }))
      : this.read(({ database }) => factsOf(database, description)));
    return await diagnoseFile(path, facts);
  }

  private read<T>(attempt: (store: OpenStore) => T): Answer<T> {
    const store = this.opened("read from");
    return this.tried("Cannot read from", () => attempt(store));
  }

  private async write<T>(work: (store: OpenStore) => T, attempted: string, timeoutMs = this.busyTimeoutMs): Promise<T> {
    const store = this.opened(attempted);
    try {
      return await store.writes.submit(() => work(store), timeoutMs);
    } catch (error) {
      throw storeError(error, `Cannot ${attempted}`, this.description);
    }
  }

  /** At once where nothing holds the file's lock. */
  private tried<T>(attempted: string, attempt: () => T): Answer<T> {
    const translated = (error: unknown): never => {
      throw storeError(error, attempted, this.description);
    };
    try {
      const answer = retryWhileBusy(attempt, this.busyTimeoutMs);
      return answer instanceof Promise ? answer.catch(translated) : answer;
    } catch (error) {
      return translated(error);
    }
  }

  private opened(attempted: string): OpenStore {
    if (this.store !== undefined && this.closing === undefined) return this.store;
    throw new IncorrectUsageError(`Cannot ${attempted} ${this.description}: it is not open; call open() first`);
  }

  private async letGo(): Promise<void> {
    const { store } = this;
    if (store === undefined) return;
    this.log.close();
    await store.writes.finished();
    this.store = undefined;
    store.close();
  }
}
