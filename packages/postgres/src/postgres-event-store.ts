import type { EventStoreAbilities, EventStoreAdapter, LoadedStream, LoadRequest, VerifiedPage } from "@tidemark/core";

import { Connections } from "./connections";
import { FoldReader } from "./fold-reader";
import { PostgresLog } from "./postgres-log";
import { SchemaVersion } from "./schema-version";
import { checkedSettings, describeStore, type PostgresEventStoreOptions } from "./settings";
import { SnapshotTable } from "./snapshot-table";
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

  readonly log: PostgresLog;
  readonly snapshots: SnapshotTable;

  readonly #connections: Connections;
  readonly #schemaVersion: SchemaVersion;
  readonly #folds: FoldReader;
  readonly #verification: Verification;
  #closed: Promise<void> | undefined;

  /** @throws ConfigurationError for a url or schema that cannot be one; the url's secrets are in no message. */
  constructor(options: PostgresEventStoreOptions) {
    const settings = checkedSettings(options);
    const schema = `"${settings.schema}"`;
    this.description = describeStore(settings);
    this.#connections = new Connections(settings, this.description);
    this.#schemaVersion = new SchemaVersion(this.#connections, settings, this.description);
    this.#folds = new FoldReader(this.#connections, this.description, schema);
    this.#verification = new Verification(this.#connections, schema);
    this.log = new PostgresLog(this.#connections, settings.schema, this.description, this.#folds);
    this.snapshots = new SnapshotTable(this.#connections, schema);
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

  load(request: LoadRequest): Promise<LoadedStream> {
    return this.#folds.load(request);
  }

  verify(): AsyncIterable<VerifiedPage> {
    return this.#verification.pages();
  }

  private async end(): Promise<void> {
    await this.log.close();
    await this.#connections.close();
  }
}
