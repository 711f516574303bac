import type { SchemaChange } from "@tidemark/core/adapter";
import { Checkpoints } from "./checkpoints";
import { CommandQueueTable } from "./command-queue";
import type { Database, Driver } from "./drivers/database";
import { EventAppender } from "./event-appender";
import { EventCounter } from "./event-counter";
import { EventStreams } from "./event-streams";
import { Forgetting } from "./forgetting";
import { GlobalReader } from "./global-reader";
import { Inbox } from "./inbox";
import { IndexedEvents } from "./indexed-events";
import { Leases } from "./leases";
import { type DatabaseFile, openDatabase } from "./open-database";
import { OwnStatements } from "./own-statements";
import { ParkedKeys } from "./parked-keys";
import { QueueClaims } from "./queue-claims";
import { QueueCounts } from "./queue-counts";
import { ReadModels } from "./read-models";
import { SnapshotTable } from "./snapshot-table";
import { States } from "./states";
import { StoreClock } from "./store-clock";
import { StreamEnds } from "./stream-ends";
import { StreamLoader } from "./stream-loader";
import { StreamReader } from "./stream-reader";
import { Timers } from "./timers";
import { transaction } from "./transaction";
import { WriteQueue } from "./write-queue";

/** An open database with all that reads and writes it, each with its statements prepared. */
export class OpenStore {
  readonly database: Database;
  readonly schemaChange: SchemaChange;
  readonly writes: WriteQueue;
  readonly appender: EventAppender;
  readonly snapshots: SnapshotTable;
  readonly loader: StreamLoader;
  readonly streams: StreamReader;
  readonly global: GlobalReader;
  readonly counter: EventCounter;
  readonly forgetting: Forgetting;
  readonly ends: StreamEnds;
  readonly readModels: ReadModels;
  readonly ownStatements: OwnStatements;
  readonly checkpoints: Checkpoints;
  readonly leases: Leases;
  readonly parkedKeys: ParkedKeys;
  readonly inbox: Inbox;
  readonly timers: Timers;
  readonly commandQueue: CommandQueueTable;
  readonly queueClaims: QueueClaims;
  readonly queueCounts: QueueCounts;
  readonly states: States;
  private readonly selectDataVersion;

  /** @param busyTimeoutMs how long writes try again while another process holds the lock. */
  constructor(driver: Driver, file: DatabaseFile, busyTimeoutMs: number) {
    const { database, schemaChange } = openDatabase(driver, file);
    this.database = database;
    this.schemaChange = schemaChange;
    const eventStreams = new EventStreams(this.database);
    this.writes = new WriteQueue(this.database, busyTimeoutMs, () => {
      eventStreams.forget();
      this.appender.forget();
    });
    this.appender = new EventAppender(this.database, eventStreams);
    this.snapshots = new SnapshotTable(this.database);
    this.loader = new StreamLoader(this.database, eventStreams, this.snapshots);
    this.streams = new StreamReader(this.database, eventStreams);
    this.global = new GlobalReader(this.database, eventStreams);
    this.counter = new EventCounter(this.database, eventStreams);
    this.forgetting = new Forgetting(this.database, eventStreams);
    this.ends = new StreamEnds(this.database, eventStreams);
    this.readModels = new ReadModels(this.database);
    this.ownStatements = new OwnStatements(this.database);
    this.checkpoints = new Checkpoints(this.database);
    const clock = new StoreClock(this.database);
    this.leases = new Leases(this.database, clock);
    this.parkedKeys = new ParkedKeys(this.database);
    this.inbox = new Inbox(this.database);
    this.timers = new Timers(this.database, clock);
    this.commandQueue = new CommandQueueTable(this.database, clock);
    this.queueClaims = new QueueClaims(this.database, clock);
    this.queueCounts = new QueueCounts(this.database, clock);
    this.states = new States(this.database);
    this.selectDataVersion = this.database.values<[], number>("PRAGMA data_version");
  }

  /** A number that changes whenever another connection has committed. */
  dataVersion(): number {
    return this.selectDataVersion.get()!;
  }

  /**
   * Enters the last events in all tables, and moves what the write-ahead log holds into the file. Another process may keep it from both,
   * and does the same later.
   */
  close(): void {
    try {
      transaction(this.database, () => new IndexedEvents(this.database).catchUp());
    } catch {
      // The next append of any process does it, or says why it cannot.
    }
    this.database.pragma("wal_checkpoint(PASSIVE)");
    this.database.close();
  }
}
