import { DomainError } from "@tidemark/core";
import type { Database } from "better-sqlite3";

import { pauseBetweenTries } from "./busy-retry";
import { isBusy } from "./database-errors";

/** Enough to share the flush to disk; few enough not to hold up the process for long. */
const LONGEST_BATCH = 1_000;

/** How long writes may follow each other before timers and sockets get their turn. */
const LONGEST_TURN_MS = 5;

/**
 * Lets concurrent writes share one transaction, and so its flush to disk.
 *
 * Each piece of work stands for itself all the same: one that throws a DomainError has changed nothing and fails
 * alone. After any other error the transaction is rolled back and each of its works runs again in one of its own.
 */
export class WriteQueue {
  private readonly waiting: QueuedWork[] = [];
  private isDraining = false;
  private whenSettled: (() => void)[] = [];
  private turnBegan = 0;

  private readonly begin;
  private readonly commit;
  private readonly rollback;

  constructor(
    private readonly database: Database,
    private readonly busyTimeoutMs: number,
  ) {
    this.begin = database.prepare("BEGIN IMMEDIATE");
    this.commit = database.prepare("COMMIT");
    this.rollback = database.prepare("ROLLBACK");
  }

  /**
   * Resolves once the transaction that held the work is committed.
   * @param work may run more than once; what it did before is rolled back then.
   */
  submit<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = Date.now() + this.busyTimeoutMs;
      this.waiting.push({ work, resolve: resolve as (value: unknown) => void, reject, deadline, alone: false });
      if (!this.isDraining) this.start();
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.isDraining) await new Promise<void>((resolve) => this.whenSettled.push(resolve));
  }

  /**
   * When the promises of this turn of the event loop have run, so that what they submit commits together. A program that
   * awaits one write after the other would never end its turn that way: every few milliseconds the next turn comes first.
   */
  private start(): void {
    this.isDraining = true;
    if (performance.now() - this.turnBegan < LONGEST_TURN_MS) process.nextTick(this.drain);
    else
      setImmediate(() => {
        this.turnBegan = performance.now();
        this.drain();
      });
  }

  private readonly drain = (): void => {
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      if (this.run(batch) === "busy") {
        this.waiting.unshift(...batch);
        void pauseBetweenTries().then(this.drain);
        return;
      }
    }
    this.isDraining = false;
    for (const settled of this.whenSettled.splice(0)) settled();
  };

  private nextBatch(): QueuedWork[] {
    if (this.waiting[0]?.alone) return this.waiting.splice(0, 1);
    const end = this.waiting.findIndex(({ alone }) => alone);
    return this.waiting.splice(0, Math.min(end === -1 ? this.waiting.length : end, LONGEST_BATCH));
  }

  private run(batch: readonly QueuedWork[]): "done" | "busy" {
    try {
      this.begin.run();
    } catch (error) {
      if (isBusy(error) && batch.some(({ deadline }) => Date.now() < deadline)) return "busy";
      for (const { reject } of batch) reject(error);
      return "done";
    }
    const outcomes: Outcome[] = [];
    try {
      for (const { work } of batch) outcomes.push(attempt(work));
      this.commit.run();
    } catch (error) {
      this.undo();
      this.fail(batch, error);
      return "done";
    }
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index]!;
      if ("refusal" in outcome) reject(outcome.refusal);
      else resolve(outcome.value);
    });
    return "done";
  }

  /** SQLite has rolled back by itself after some errors, such as a full disk. */
  private undo(): void {
    if (this.database.inTransaction) this.rollback.run();
  }

  private fail(batch: readonly QueuedWork[], error: unknown): void {
    if (batch.length === 1) batch[0]!.reject(error);
    else this.waiting.unshift(...batch.map((queued) => ({ ...queued, alone: true })));
  }
}

interface QueuedWork {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Milliseconds since 1970: how long a busy database is tried again. */
  readonly deadline: number;
  /** Runs in a transaction of its own, because one that it shared failed. */
  readonly alone: boolean;
}

type Outcome = { readonly value: unknown } | { readonly refusal: DomainError };

function attempt(work: () => unknown): Outcome {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof DomainError) return { refusal: error };
    throw error;
  }
}
