import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { listIds } from "../event-store/list-ids";
import { type Answer, answered } from "../ports/answer";
import type { EventLog } from "../ports/event-log";
import type { ReadModelStore } from "../ports/read-model-store";
import type { RowQuery } from "../ports/row-query";
import type { Row, Table } from "../ports/table";
import type { StateTable } from "./state-table";

interface CompleteRowsParts {
  readonly rows: StateTable<any>;
  readonly readModels: Pick<ReadModelStore, "rows" | "query" | "count">;
  readonly log: Pick<EventLog, "listStreams">;
}

/**
 * The rows of aggregates whose events are the truth. An aggregate that was stored before its class had rows has none until its next save,
 * and a query would silently leave it out. The first query of a process therefore counts streams and rows.
 */
export class CompleteRows implements Pick<ReadModelStore, "rows" | "query" | "count"> {
  #areComplete = false;

  constructor(private readonly parts: CompleteRowsParts) {}

  rows(table: Table, keys: readonly string[]): Answer<readonly Row[]> {
    return answered(this.#check(), () => this.parts.readModels.rows(table, keys));
  }

  query(query: RowQuery): Answer<readonly Row[]> {
    return answered(this.#check(), () => this.parts.readModels.query(query));
  }

  count(query: Pick<RowQuery, "table" | "where">): Answer<number> {
    return answered(this.#check(), () => this.parts.readModels.count(query));
  }

  #check(): Answer<void> {
    return this.#areComplete ? undefined : this.#compareCounts();
  }

  /** @throws IncorrectUsageError where there are fewer rows than streams. */
  async #compareCounts(): Promise<void> {
    const { rows, readModels, log } = this.parts;
    const { name, category } = rows.model;
    let streams = 0;
    for await (const _ of listIds(log, category)) streams++;
    // Counted afterwards, because each new aggregate has both.
    const found = await readModels.count({ table: rows.table, where: [] });
    if (found < streams)
      throw new IncorrectUsageError(
        `Cannot select the aggregates of ${name}: ${streams - found} of ${streams} have no row yet, because they were stored before ` +
          `${name} had rows; run "domain aggregate verify ${name} --repair", which builds them from their events`,
        { aggregate: name, streams, rows: found },
      );
    this.#areComplete = true;
  }
}
