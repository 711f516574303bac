import {
  type AppendedStream,
  type AppendRequest,
  type EventStoreAbilities,
  type EventStoreAdapter,
  type FoldPage,
  type GlobalRange,
  isSnapshotCategory,
  type LoadedStream,
  type LoadPageRequest,
  type LoadRequest,
  type RecordedMessage,
  type SnapshotFilter,
  type StoredSnapshot,
  type StreamRef,
  type VerifiedPage,
  type WriteSnapshotOptions,
} from "@tidemark/core";

import { AppendAnnouncer } from "./append-announcer";
import { AppendListener } from "./append-listener";
import { Connections } from "./connections";
import { EventAppender } from "./event-appender";
import { FoldReader } from "./fold-reader";
import { GlobalReader } from "./global-reader";
import { SchemaVersion } from "./schema-version";
import { checkedSettings, describeStore, type PostgresEventStoreOptions } from "./settings";
import { SnapshotTable } from "./snapshot-table";
import { StreamReader } from "./stream-reader";
import { Verification } from "./verification";

/**
 * Keeps events and snapshots in a PostgreSQL database (13 or newer, encoding UTF8).
 *
 * Every call ends within its deadlines, with an answer or a StoreUnavailableError; the next call works as soon as the
 * server does. After a StoreUnavailableError of an append, repeating it with the same ids is safe.
 */
export class PostgresEventStore implements EventStoreAdapter {
  readonly description: string;
  readonly abilities: EventStoreAbilities = { durable: true, sharedByProcesses: true, detectsDamage: true };

  readonly #connections: Connections;
  readonly #schemaVersion: SchemaVersion;
  readonly #appender: EventAppender;
  readonly #folds: FoldReader;
  readonly #streams: StreamReader;
  readonly #global: GlobalReader;
  readonly #snapshots: SnapshotTable;
  readonly #verification: Verification;
  readonly #announcer: AppendAnnouncer;
  readonly #listener: AppendListener;
  #closed: Promise<void> | undefined;

  /** @throws ConfigurationError for a url or schema that cannot be one; the url's secrets are in no message. */
  constructor(options: PostgresEventStoreOptions) {
    const settings = checkedSettings(options);
    const schema = `"${settings.schema}"`;
    this.description = describeStore(settings);
    this.#connections = new Connections(settings, this.description);
    this.#schemaVersion = new SchemaVersion(this.#connections, settings, this.description);
    this.#appender = new EventAppender(this.#connections, schema, this.description);
    this.#folds = new FoldReader(this.#connections, this.description, schema);
    this.#streams = new StreamReader(this.#connections, schema);
    this.#global = new GlobalReader(this.#connections, schema);
    this.#snapshots = new SnapshotTable(this.#connections, schema);
    this.#verification = new Verification(this.#connections, schema);
    this.#announcer = new AppendAnnouncer(this.#connections, settings.schema);
    this.#listener = new AppendListener(this.#connections, settings.schema);
  }

  open(): Promise<void> {
    return this.#schemaVersion.ensure();
  }

  /** Creates or upgrades the schema, whatever `autoMigrate` says. Safe to call from several processes at once. */
  migrate(): Promise<void> {
    return this.#schemaVersion.migrate();
  }

  close(): Promise<void> {
    this.#closed ??= this.end();
    return this.#closed;
  }

  /**
   * Calls `listener` within milliseconds of an append, by whatever process, and about once a second without one: a
   * sign to read on, not news of what there is to read. Costs writers nothing while nobody listens.
   *
   * @returns a function that ends it.
   */
  onAppend(listener: () => void): Promise<() => Promise<void>> {
    return this.#listener.add(listener);
  }

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    if (requests.length === 0) return [];
    const { appended, heard } = await this.#appender.append(requests);
    if (heard) this.#announcer.announce();
    return appended;
  }

  load(request: LoadRequest): Promise<LoadedStream> {
    return this.#folds.load(request);
  }

  loadPage(request: LoadPageRequest): Promise<FoldPage> {
    return this.#folds.page(request);
  }

  version(ref: StreamRef): Promise<number> {
    return isSnapshotCategory(ref.category) ? this.#snapshots.version(ref) : this.#streams.version(ref);
  }

  readStream(
    ref: StreamRef,
    range: { readonly from: number; readonly limit: number },
  ): Promise<readonly RecordedMessage[]> {
    return isSnapshotCategory(ref.category) ? this.#snapshots.messages(ref, range) : this.#streams.read(ref, range);
  }

  readLast(ref: StreamRef): Promise<RecordedMessage | undefined> {
    return isSnapshotCategory(ref.category) ? this.#snapshots.last(ref) : this.#streams.readLast(ref);
  }

  readCategory(category: string, range: GlobalRange): Promise<readonly RecordedMessage[]> {
    return this.#global.readCategory(category, range);
  }

  readAll(range: GlobalRange): Promise<readonly RecordedMessage[]> {
    return this.#global.readAll(range);
  }

  listStreams(category: string, page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]> {
    return isSnapshotCategory(category) ? this.#snapshots.list(category, page) : this.#streams.list(category, page);
  }

  writeSnapshot(snapshot: StoredSnapshot, options: WriteSnapshotOptions): Promise<void> {
    return this.#snapshots.write(snapshot, options);
  }

  readSnapshots(ref: StreamRef): Promise<readonly StoredSnapshot[]> {
    return this.#snapshots.newestFirst(ref);
  }

  deleteSnapshots(filter: SnapshotFilter): Promise<number> {
    return this.#snapshots.delete(filter);
  }

  verify(): AsyncIterable<VerifiedPage> {
    return this.#verification.pages();
  }

  private async end(): Promise<void> {
    await this.#listener.close();
    await this.#announcer.close();
    await this.#connections.close();
  }
}
