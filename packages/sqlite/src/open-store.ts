import type { Database } from "better-sqlite3";

import { EventAppender } from "./event-appender";
import { MessageReader } from "./message-reader";
import { type DatabaseFile, openDatabase } from "./open-database";
import { SnapshotTable } from "./snapshot-table";
import { StreamEnds } from "./stream-ends";
import { StreamLoader } from "./stream-loader";
import { WriteQueue } from "./write-queue";

/** An open database with all that reads and writes it, each with its statements prepared. */
export class OpenStore {
  readonly database: Database;
  readonly writes: WriteQueue;
  readonly appender: EventAppender;
  readonly snapshots: SnapshotTable;
  readonly loader: StreamLoader;
  readonly messages: MessageReader;
  readonly ends: StreamEnds;

  /** @param busyTimeoutMs how long writes try again while another process holds the lock. */
  constructor(file: DatabaseFile, busyTimeoutMs: number) {
    this.database = openDatabase(file);
    this.writes = new WriteQueue(this.database, busyTimeoutMs);
    this.appender = new EventAppender(this.database);
    this.snapshots = new SnapshotTable(this.database);
    this.loader = new StreamLoader(this.database, this.snapshots);
    this.messages = new MessageReader(this.database);
    this.ends = new StreamEnds(this.database);
  }

  /** Moves what the write-ahead log holds into the file; another process that reads may keep it from that. */
  close(): void {
    this.database.pragma("wal_checkpoint(PASSIVE)");
    this.database.close();
  }
}
