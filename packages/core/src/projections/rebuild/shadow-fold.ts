import { OperationConflictError } from "../../errors/operation-conflict-error";
import { RebuildError } from "../../errors/rebuild-error";
import { UniqueViolationError } from "../../errors/unique-violation-error";
import type { OperationStores } from "../../ports/operation-stores";
import type { Operation } from "../../ports/operations";
import { now } from "../../ports/real-timers";
import type { Table } from "../../ports/table";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { reasonOf } from "../../wording/in-words";
import { FoldFailure, failureAt } from "../fold-failure";
import { foldPlanned, plannedSteps } from "../planned-steps";
import type { RowFolding } from "../row-folding";
import { foldFailed } from "./fold-failed";
import type { FoldedPages, UnknownEvent } from "./folded-pages";
import type { LatestFacts } from "./latest-facts";
import { notUnique } from "./not-unique";
import type { ShadowCheckpoints } from "./shadow-checkpoints";
import { type HeldRow, type ShadowRows, UnfitRow } from "./shadow-rows";
import type { SkippedEvents } from "./skipped-events";
import { Turns } from "./turns";

/** How long folded rows are held at most before they are written: what a rebuild that is cut off has to do again. */
const WRITE_MS = 30_000;

/** How many events are folded before others get their turn where it is due. */
const FOLDED_AT_ONCE = 250;

interface ShadowFoldParts {
  readonly projection: string;
  readonly folding: RowFolding;
  readonly pages: FoldedPages;
  readonly operations: Pick<OperationStores, "flush">;
  /** How far the rows in the table are folded. */
  readonly checkpoints: ShadowCheckpoints;
  /** Makes rows with what is in the table. */
  readonly rows: (isNew: boolean) => ShadowRows;
  readonly skipped: SkippedEvents;
  readonly signal: AbortSignal | undefined;
  /** Told how many more events were folded, and how many more rows written. */
  readonly advanced: (events: number, rows: number) => void;
}

/** Folds the events of the log, one after the other, into the rows of a table that nobody else uses. */
export class ShadowFold {
  readonly #parts: ShadowFoldParts;
  readonly #turns = new Turns();
  readonly #rows: ShadowRows;
  /** How far the rows in hand are folded. */
  #position: number;
  #writtenAt = now();

  constructor(parts: ShadowFoldParts) {
    this.#parts = parts;
    const { position, highest } = parts.checkpoints;
    this.#position = position;
    this.#rows = parts.rows(highest === 0);
  }

  /** How far the rows in the table are folded, and under which generations. */
  get checkpoints(): ShadowCheckpoints {
    return this.#parts.checkpoints;
  }

  /**
   * Folds everything that is stored, and writes the rows.
   * @throws RebuildError for an event that fails, and where another process goes on with the rebuild; the reason of the signal.
   */
  async toTheEnd(): Promise<void> {
    await this.#fold(Number.POSITIVE_INFINITY);
    await this.#write();
  }

  /**
   * Writes the states that facts tell, in the place of all events up to now.
   * @throws RebuildError as `toTheEnd`; the reason of the signal.
   */
  async startFrom(facts: LatestFacts): Promise<void> {
    const { signal, advanced } = this.#parts;
    const end = await facts.end();
    for await (const { id, aggregate, events } of facts.states()) {
      signal?.throwIfAborted();
      this.#rows.set(id, aggregate);
      this.#rows.add(id);
      if (events > 0) advanced(events, 0);
      if (this.#rows.isFull) await this.#write();
    }
    this.#position = end;
    await this.#write();
  }

  /** The same up to a position that is settled, and no further. */
  async upTo(position: number): Promise<void> {
    if (this.#position >= position) return;
    await this.#fold(position);
    await this.#write();
  }

  /**
   * Folds everything that is stored, or up to a position, and leaves the last rows to the caller.
   * @param table where they are to be written.
   */
  async unwritten(
    table: Table,
    last = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly position: number; readonly changes: readonly Operation[] }> {
    if (this.#position < last) await this.#fold(last);
    return { position: this.#position, changes: await this.#changes(this.#rows.changed, table) };
  }

  async #fold(last: number): Promise<void> {
    const { pages, signal } = this.#parts;
    for (let isAtEnd = false; !isAtEnd; ) {
      signal?.throwIfAborted();
      const page = await pages.behind(this.#position, last);
      await this.#foldAll(page.events);
      this.#position = page.unknown === undefined ? page.upTo : this.#passed(page.unknown);
      isAtEnd = page.unknown === undefined && page.atEnd;
      const isDue = this.#rows.isFull || now() - this.#writtenAt > WRITE_MS;
      this.#parts.advanced(page.events.length, 0);
      if (isDue) await this.#write();
    }
  }

  /** @returns the position of an event that the code does not know, where an operator has had it skipped. */
  #passed({ event, error }: UnknownEvent): number {
    if (this.#parts.skipped.has(event)) return event.globalPosition;
    throw this.#failed(event, failureAt(this.#parts.projection, error));
  }

  /** Events that an operator has had skipped are tried on their own: they may fail. */
  async #foldAll(events: readonly ConsumedEvent[]): Promise<void> {
    const { skipped } = this.#parts;
    let start = 0;
    for (let index = 0; index < events.length; index++) {
      if (!skipped.has(events[index]!)) continue;
      await this.#foldSome(events.slice(start, index));
      await this.#tried(events[index]!);
      start = index + 1;
    }
    await this.#foldSome(start === 0 ? events : events.slice(start));
  }

  async #tried(event: ConsumedEvent): Promise<void> {
    try {
      await this.#parts.skipped.tried(event, this.#parts.folding, this.#rows);
    } catch (error) {
      throw error instanceof FoldFailure ? this.#failed(event, error) : error;
    }
  }

  /** Few events are folded at once: the switch of an inline projection has to come before others store more. */
  async #foldSome(events: readonly ConsumedEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += FOLDED_AT_ONCE) {
      if (start > 0) await this.#turns.next();
      await this.#foldAtOnce(events.slice(start, start + FOLDED_AT_ONCE));
    }
  }

  async #foldAtOnce(events: readonly ConsumedEvent[]): Promise<void> {
    for (let rest = events; rest.length > 0; ) {
      const { done, failure } = this.#rows.fold(rest);
      if (failure !== undefined) throw this.#failed(rest[done]!, failure);
      rest = done === 0 ? rest : rest.slice(done);
      if (rest.length > 0) await this.#rows.hold(plannedSteps(this.#parts.folding, rest).keys);
    }
  }

  async #changes(changed: readonly HeldRow[], table?: Table): Promise<readonly Operation[]> {
    try {
      return this.#rows.operations(changed, table);
    } catch (error) {
      throw error instanceof UnfitRow ? await this.#blamed(error) : error;
    }
  }

  /** Writes the rows of some buckets together with their position, then those of others: nobody waits for long where the store is locked. */
  async #write(): Promise<void> {
    const { checkpoints, signal } = this.#parts;
    if (this.#position === checkpoints.position && this.#rows.changed.length === 0) return;
    for (const { buckets, changed } of this.#rows.parts(checkpoints)) {
      signal?.throwIfAborted();
      const moves = checkpoints.moves(buckets, this.#position);
      await this.#flush([...moves, ...(await this.#changes(changed))]);
      checkpoints.moved(moves);
      this.#parts.advanced(0, changed.length);
      await this.#turns.next();
    }
    this.#rows.stored();
    this.#writtenAt = now();
  }

  async #flush(operations: readonly Operation[]): Promise<void> {
    try {
      await this.#parts.operations.flush(operations);
    } catch (error) {
      if (error instanceof UniqueViolationError) throw notUnique(this.#parts.projection, error);
      if (!(error instanceof OperationConflictError)) throw error;
      const explanation = "another process goes on with it, because this one did not renew its lease in time";
      throw new RebuildError({ projection: this.#parts.projection, explanation }, error);
    }
  }

  /** Finds the event after which a row cannot be stored: folds the row again, from what is in the table. */
  async #blamed({ key, failure }: UnfitRow): Promise<Error> {
    const { folding, pages, projection } = this.#parts;
    const rows = this.#parts.rows(false);
    const end = this.#position;
    await rows.hold([key]);
    for (let position = this.#parts.checkpoints.positionOf(key); position < end; ) {
      const { events, upTo } = await pages.behind(position, end);
      const planned = plannedSteps(folding, events, (each) => each === key);
      const failed = foldPlanned(planned, events, rows, rows, (_, row) => void folding.encode(key, row, 0));
      if (failed !== undefined) return this.#failed(events[failed.index]!, failed.failure);
      position = upTo;
    }
    const { error } = failureAt(projection, failure);
    return new RebuildError({ projection, explanation: `row ${JSON.stringify(key)}: ${reasonOf(error)}` }, error);
  }

  #failed(event: ConsumedEvent, failure: FoldFailure): RebuildError {
    return foldFailed(this.#parts.projection, event, failure);
  }
}
