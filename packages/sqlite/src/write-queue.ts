import { nextTick, now, setImmediate } from "@tidemark/core/adapter";
import { pauseBetweenTries } from "./busy-retry";
import { isBusy } from "./database-errors";
import type { Database } from "./drivers/database";

/** Enough to share the flush to disk; few enough not to hold up the process for long. */
const LONGEST_BATCH = 1_000;

/** How long writes may follow each other before timers and sockets get their turn. */
const LONGEST_TURN_MS = 5;

/**
 * Lets concurrent writes share one transaction, and so its flush to disk.
 *
 * Each piece of work stands for itself all the same: what one that throws has changed is rolled back, and the others are
 * committed. A savepoint for each work adds about a tenth to the cost of an append, and nearly all works succeed or throw before
 * they change anything. So a batch runs without savepoints first, once more with them after a work has failed halfway, and each
 * work in a transaction of its own after SQLite has rolled back the whole of it or could not commit it.
 */
export class WriteQueue {
  private readonly waiting: QueuedWork[] = [];
  private isDraining = false;
  private whenFinished: (() => void)[] = [];
  private turnStarted = 0;

  private readonly begin;
  private readonly commit;
  private readonly rollback;
  private readonly totalChanges;
  private readonly startWork;
  private readonly keepWork;
  private readonly undoWork;

  /** @param onUndone is called when what works have changed was rolled back. */
  constructor(
    private readonly database: Database,
    private readonly busyTimeoutMs: number,
    private readonly onUndone: () => void = () => {},
  ) {
    this.begin = database.prepare("BEGIN IMMEDIATE");
    this.commit = database.prepare("COMMIT");
    this.rollback = database.prepare("ROLLBACK");
    this.totalChanges = database.values<[], number>("SELECT total_changes()");
    this.startWork = database.prepare("SAVEPOINT work");
    this.keepWork = database.prepare("RELEASE work");
    this.undoWork = database.prepare("ROLLBACK TO work");
  }

  /**
   * Resolves once the transaction that held the work is committed.
   * @param work may run more than once; what it did before is rolled back then.
   * @param busyTimeoutMs how long it tries again while another process holds the lock.
   */
  submit<T>(work: () => T, busyTimeoutMs = this.busyTimeoutMs): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const deadline = now() + busyTimeoutMs;
      this.waiting.push({ work, resolve: resolve as (value: unknown) => void, reject, deadline, isolation: "shared" });
      if (!this.isDraining) this.start();
    });
  }

  /** Resolves when nothing waits any more. */
  async finished(): Promise<void> {
    while (this.isDraining) await new Promise<void>((resolve) => this.whenFinished.push(resolve));
  }

  /**
   * Drains the queue when the promises of this turn of the event loop have run, so that what they submit commits together. A
   * program that awaits one write after the other would never end its turn that way: every few milliseconds the next turn
   * comes first.
   */
  private start(): void {
    this.isDraining = true;
    if (now() - this.turnStarted < LONGEST_TURN_MS) nextTick(this.drain);
    else
      setImmediate(() => {
        this.turnStarted = now();
        this.drain();
      });
  }

  private readonly drain = (): void => {
    while (this.waiting.length > 0) {
      const batch = this.nextBatch();
      if (this.run(batch) === "busy") {
        void pauseBetweenTries().then(this.drain);
        return;
      }
    }
    this.isDraining = false;
    for (const finished of this.whenFinished.splice(0)) finished();
  };

  private nextBatch(): QueuedWork[] {
    const first = this.waiting[0]?.isolation;
    if (first === "alone") return this.waiting.splice(0, 1);
    const end = this.waiting.findIndex(({ isolation }) => isolation !== first);
    return this.waiting.splice(0, Math.min(end === -1 ? this.waiting.length : end, LONGEST_BATCH));
  }

  private run(batch: readonly QueuedWork[]): "done" | "busy" {
    try {
      this.begin.run();
    } catch (error) {
      const moment = isBusy(error) ? now() : Number.POSITIVE_INFINITY;
      const again = batch.filter(({ deadline }) => moment < deadline);
      for (const { deadline, reject } of batch) if (moment >= deadline) reject(error);
      this.waiting.unshift(...again);
      return again.length > 0 ? "busy" : "done";
    }
    let outcomes: readonly Outcome[];
    try {
      outcomes = this.outcomesOf(batch);
      this.commit.run();
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.database.inTransaction) this.rollback.run();
      this.onUndone();
      if (batch.length === 1) batch[0]!.reject(error);
      else this.waiting.unshift(...batch.map((each) => ({ ...each, isolation: STRICTER[each.isolation] })));
      return "done";
    }
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index]!;
      if ("error" in outcome) reject(outcome.error);
      else resolve(outcome.value);
    });
    return "done";
  }

  /** @throws what keeps the transaction from being committed as it is. */
  private outcomesOf(batch: readonly QueuedWork[]): readonly Outcome[] {
    if (batch.length === 1) return [{ value: batch[0]!.work() }];
    const isGuarded = batch[0]!.isolation === "guarded";
    return batch.map(({ work }) => (isGuarded ? this.guarded(work) : this.unguarded(work)));
  }

  /** @throws what a work threw after it had changed something. */
  private unguarded(work: () => unknown): Outcome {
    const before = this.totalChanges.get();
    try {
      return { value: work() };
    } catch (error) {
      if (!this.database.inTransaction || this.totalChanges.get() !== before) throw error;
      return { error };
    }
  }

  /** @throws what made SQLite roll back the whole transaction. */
  private guarded(work: () => unknown): Outcome {
    this.startWork.run();
    try {
      const value = work();
      this.keepWork.run();
      return { value };
    } catch (error) {
      if (!this.database.inTransaction) throw error;
      this.undoWork.run();
      this.onUndone();
      this.keepWork.run();
      return { error };
    }
  }
}

interface QueuedWork {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** On the clock of `now`: how long a busy database is tried again. */
  readonly deadline: number;
  readonly isolation: Isolation;
}

/** Whether a work shares a transaction, has a savepoint of its own in it, or has a transaction of its own. */
type Isolation = "shared" | "guarded" | "alone";

const STRICTER = { shared: "guarded", guarded: "alone", alone: "alone" } as const;

type Outcome = { readonly value: unknown } | { readonly error: unknown };
