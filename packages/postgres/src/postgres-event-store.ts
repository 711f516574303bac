import type {
  Diagnosis,
  EventStoreAbilities,
  EventStoreAdapter,
  LoadedStream,
  LoadRequest,
  SchemaChange,
  VerifiedPage,
} from "@tidemark/core/adapter";

import { Connections } from "./connections";
import { StoreDiagnosis } from "./diagnosis/store-diagnosis";
import { PostgresEventLog } from "./event-log";
import { FoldReader } from "./fold-reader";
import { PostgresOperationStore } from "./operation-store";
import { RowByRow } from "./row-by-row";
import { SchemaVersion } from "./schema-version";
import { checkedSettings, describeStore, type PostgresEventStoreOptions } from "./settings";
import { PostgresSnapshotStore } from "./snapshot-store";
import { StreamReader } from "./stream-reader";
import { Verification } from "./verification";

/**
 * Stores events, snapshots, and what consumers of events keep in a PostgreSQL database (13 or newer, encoding UTF8).
 *
 * Every call ends within its deadlines, with an answer or a StoreUnavailableError; the next call works as soon as the
 * server does. After a StoreUnavailableError of an append, repeating the append with the same ids is safe.
 */
export class PostgresEventStore implements EventStoreAdapter {
  readonly description: string;
  readonly abilities: EventStoreAbilities = { durable: true, sharedByProcesses: true, detectsDamage: true };
  readonly patienceMs: number;

  readonly log: PostgresEventLog;
  readonly snapshots: PostgresSnapshotStore;
  readonly operations: PostgresOperationStore;

  readonly #connections: Connections;
  readonly #schemaVersion: SchemaVersion;
  readonly #folds: FoldReader;
  readonly #verification: Verification;
  readonly #diagnosis: StoreDiagnosis;
  #closed: Promise<void> | undefined;

  /** @throws ConfigurationError for an invalid url or schema. No message holds the url's password. */
  constructor(options: PostgresEventStoreOptions) {
    const settings = checkedSettings(options);
    const schemaName = settings.schema;
    const schema = `"${schemaName}"`;
    this.description = describeStore(settings);
    this.patienceMs = settings.failoverPatienceMs;
    const connections = new Connections(settings, this.description);
    const streams = new StreamReader(connections, schema);
    this.#connections = connections;
    this.#schemaVersion = new SchemaVersion(connections, settings, this.description);
    this.#verification = new Verification(connections, schema);
    this.#diagnosis = new StoreDiagnosis(connections, settings);
    this.snapshots = new PostgresSnapshotStore(connections, schema);
    this.operations = new PostgresOperationStore(connections, schemaName);
    const rowByRow = new RowByRow(connections, streams, this.snapshots, schema);
    this.#folds = new FoldReader(connections, rowByRow, this.operations.readModels, schema);
    this.log = new PostgresEventLog({
      connections,
      schemaName,
      streams,
      operations: this.operations,
      folds: this.#folds,
    });
  }

  open(): Promise<void> {
    return this.#schemaVersion.ensure();
  }

  /** Creates or upgrades the schema, whatever `autoMigrate` says. Safe to call from several processes at once. */
  migrate(): Promise<SchemaChange> {
    return this.#schemaVersion.migrate();
  }

  close(): Promise<void> {
    this.#closed ??= this.end();
    return this.#closed;
  }

  /** Says what `migrate` would do. */
  plannedMigration(): Promise<Pick<SchemaChange, "from" | "to">> {
    return this.#schemaVersion.planned();
  }

  load(request: LoadRequest): Promise<LoadedStream> {
    return this.#folds.load(request);
  }

  verify(): AsyncIterable<VerifiedPage> {
    return this.#verification.pages();
  }

  /** Looks at the server's settings, its standbys, and what stands in front of it. Needs no schema and no `open()`. */
  diagnose(): Promise<readonly Diagnosis[]> {
    return this.#diagnosis.diagnose();
  }

  private async end(): Promise<void> {
    await this.log.close();
    await this.#connections.close();
  }
}
