import type { Client, Connection, Submittable } from "pg";

import { noteFailedCall } from "./failed-call";
import type { Host } from "./hosts";
import { messagesOf } from "./message-writer";
import { RowTap } from "./row-tap";
import {
  AnswerLost,
  CommitUnconfirmed,
  isAnswer,
  isRefusedOperation,
  isUnconfirmedCommit,
  leavesConnectionUsable,
} from "./unavailable";
import { wireRow } from "./wire-rows";
import type { Row, RowCollector, Work } from "./work";

/** How work has ended. A lost connection cannot be used again. */
export interface WorkEnd {
  readonly isLost: boolean;
  readonly error?: unknown;
}

/**
 * One connection that does one piece of work at a time, through the interface that `pg` has for cursors. Compared with `pg`'s own
 * queries it asks for no description of the columns and builds no result object, and rows stay the texts that the server sent, or even the
 * bytes, where a call has a collector.
 */
export class PooledConnection implements Submittable {
  /** When the work under way, or the time without any, is over; in milliseconds of `now`. */
  deadline = 0;
  /** Whether a holder keeps it for several pieces of work. */
  isHeld = false;
  /** Whether its last work failed. */
  hasFailed = false;
  /** Why the connection cannot be used any more. */
  loss: unknown;

  /** The texts of the statements by their names. */
  private readonly prepared = new Map<string, string>();
  private work: Work | undefined;
  private rows: Row[] = [];
  private rowsOfEach: Row[][] = [];
  private isTapped = false;
  /** Whether a call of the work under way has a collector. */
  isCollecting = false;

  constructor(
    readonly client: Client,
    /** Where it leads; undefined where the url alone says so. */
    readonly host: Host | undefined,
    private readonly onEnd: (end: WorkEnd) => void,
  ) {}

  get isBusy(): boolean {
    return this.work !== undefined;
  }

  /** Whether a transaction was open after the last work; not known yet where that has failed. */
  get isInTransaction(): boolean {
    return this.client.getTransactionStatus() !== "I";
  }

  run(work: Work): void {
    this.work = work;
    this.rows = [];
    this.rowsOfEach = [];
    this.hasFailed = false;
    this.isCollecting = false;
    for (const { collector } of work.calls) {
      if (collector === undefined) continue;
      collector.begin();
      this.isCollecting = true;
    }
    this.client.query(this);
  }

  /** The collector of the call whose rows come now. */
  collector(): RowCollector | undefined {
    return this.work?.calls[this.rowsOfEach.length]?.collector;
  }

  /** Ends the work under way with an error. */
  fail(error: unknown): void {
    const { work } = this;
    if (work === undefined) return;
    this.work = undefined;
    this.hasFailed = true;
    // A migration may have changed what a statement means: the next attempt prepares it anew. A refusal says that it works, but not
    // which of the names that have changed hands the server knows already.
    const isRefused = isRefusedOperation(error);
    for (const { statement } of work.calls) {
      const { name, text } = statement;
      if (!isRefused || this.prepared.get(name) !== text) this.prepared.delete(name);
    }
    work.reject(isAnswer(error) ? error : new AnswerLost(error));
    this.onEnd({ isLost: !leavesConnectionUsable(error), error });
  }

  /** Fails the work under way where the server says that its commit may exist on this server alone. It still reports success after that. */
  handleNotice(notice: { readonly routine?: string | undefined }): void {
    if (isUnconfirmedCommit(notice)) this.fail(new CommitUnconfirmed());
  }

  submit(connection: Connection): void {
    if (!this.isTapped) {
      this.isTapped = true;
      RowTap.put(connection.stream, this);
    }
    const { calls } = this.work!;
    const { stream } = connection;
    if (calls.every(({ statement: { name, text } }) => this.prepared.get(name) === text)) {
      if (stream.writable) stream.write(messagesOf(calls, { isEnd: true }));
      return;
    }
    // A statement may need what one before it makes, or have its name: each is prepared when its turn comes.
    const parsed = new Map<string, string>();
    stream.cork();
    for (const call of calls) {
      const { name, text } = call.statement;
      if ((parsed.get(name) ?? this.prepared.get(name)) !== text) {
        // An attempt that failed may have left it behind.
        connection.close({ type: "S", name }, true);
        connection.parse({ name, text, types: [] }, true);
        parsed.set(name, text);
      }
      if (stream.writable) stream.write(messagesOf([call], { isEnd: false }));
    }
    connection.sync();
    stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: Row }): void {
    const collector = this.isCollecting ? this.collector() : undefined;
    if (collector === undefined) this.rows.push(fields);
    else collector.add(wireRow(fields), 0);
  }

  /** Handles the end of one call. */
  handleCommandComplete(): void {
    this.rowsOfEach.push(this.rows);
    this.rows = [];
  }

  /** Handles the end of work that succeeded, and committed if it wrote outside of a transaction. */
  handleReadyForQuery(): void {
    const { work, rowsOfEach } = this;
    if (work === undefined) return;
    for (const { statement } of work.calls)
      if (statement.name !== "") this.prepared.set(statement.name, statement.text);
    this.work = undefined;
    work.resolve(rowsOfEach);
    this.onEnd({ isLost: false });
  }

  handleError(error: unknown): void {
    noteFailedCall(error, this.work?.calls[this.rowsOfEach.length]);
    this.fail(error);
  }

  // What else `pg` passes on, which these statements do not need.
  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
