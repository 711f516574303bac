import type { DomainError } from "@tidemark/core";
import {
  busyTable,
  now,
  type Operation,
  pause,
  refusedSwitch,
  type Table,
  type TableSwitch,
} from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { LeasedConnection } from "./leased-connection";
import { foreignIndexName, indexName, indexNamed, type TableChanges } from "./table-changes";
import { isDeadlock, isLockTimeout } from "./unavailable";
import type { Call, Statement } from "./work";

/** How the operations that belong to a switch are carried out. */
export interface SwitchedOperations {
  calls(operations: readonly Operation[]): readonly Call[];
  refusal(error: unknown, operations: readonly Operation[]): DomainError | undefined;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1, 16];

/**
 * Puts a table in the place of another one by renaming both, with their indexes: a name says to which table an index belongs, and
 * `createTable` goes by it.
 *
 * Tables are locked before checkpoints, as in a flush. Whoever has prepared a statement for the old table and waits for it finds the
 * new one afterwards, since the server looks names up again when a table has changed.
 */
export class TableSwitches {
  private readonly statements: ReturnType<typeof statementsFor>;

  /** Private for good: it refers back to the store of rows, and a store can be printed as JSON. */
  readonly #operations: SwitchedOperations;

  constructor(
    private readonly tables: TableChanges,
    private readonly schemaName: string,
    operations: SwitchedOperations,
  ) {
    this.#operations = operations;
    this.statements = statementsFor(schemaName);
  }

  /** @throws as `ReadModelStore.switchTable`. */
  async switch(change: TableSwitch): Promise<void> {
    const { lockTimeoutMs } = change;
    let also = change.also;
    const work = async (connection: LeasedConnection): Promise<void> => {
      await this.switchOn(connection, change, (late) => (also = late));
    };
    try {
      await this.tables.change(work, { lockTimeoutMs });
    } catch (error) {
      const { cause } = error as Error;
      if (isLockTimeout(cause) || isDeadlock(cause)) throw busyTable(change);
      throw this.#operations.refusal(cause, also) ?? error;
    }
  }

  /** @param replaced told of the operations that take the place of those of the change. */
  private async switchOn(
    connection: LeasedConnection,
    change: TableSwitch,
    replaced: (also: readonly Operation[]) => void,
  ): Promise<void> {
    const { table, by, kept, view, late } = change;
    // Most refusals come before anybody has to wait.
    if (late === undefined) await this.refuseLaterEvents(connection, change);
    const old = (await this.tables.isTable(connection, kept)) ? [kept] : [];
    for (const name of [table.name, by]) await this.tables.checkColumns(connection, { ...table, name });
    const dropped = old.map((name) => `DROP TABLE ${this.named(name)} CASCADE`);
    const renamed = [
      ...(await this.renames(connection, table, table.name, kept)),
      ...(await this.renames(connection, table, by, table.name)),
    ];
    // A reader of the view locks it before its table.
    const shown = view !== undefined && (await this.tables.isView(connection, view.name)) ? [view.name] : [];
    // The rows of `by`, which nobody else uses, are read for late events.
    const locked = [...shown, table.name, ...(late === undefined ? [by] : []), ...old].map((name) => this.named(name));
    await connection.run(once(`LOCK TABLE ${locked.join(", ")} IN ACCESS EXCLUSIVE MODE`));
    await this.writersDone(connection, change);
    const also = await this.finalOperations(connection, change);
    replaced(also);
    await connection.run(once(`DO $switch$ BEGIN ${[...dropped, ...renamed].join("; ")}; END $switch$`));
    if (view !== undefined) await this.tables.showView(connection, view);
    for (const { statement, values } of this.#operations.calls(also)) await connection.run(statement, values);
  }

  /** @returns the statements that give a table and its indexes another name. */
  private async renames(
    connection: LeasedConnection,
    table: Table,
    from: string,
    to: string,
  ): Promise<readonly string[]> {
    const indexes = await connection.run(this.statements.indexes, [from]);
    const ofIndexes = indexes.map(([name]) => {
      const index = indexNamed(name!, { ...table, name: from });
      const newName = index === undefined ? foreignIndexName(to, name!) : indexName(to, index);
      return `ALTER INDEX ${this.named(name!)} RENAME TO "${newName}"`;
    });
    return [...ofIndexes, `ALTER TABLE ${this.named(from)} RENAME TO "${to}"`];
  }

  /**
   * Waits until the transactions have ended that are appending events now. Together with the lock on the table this shows every event
   * whose rows the switch would lose:
   *
   * - An append changes the rows of inline projections before it draws a position, and keeps the lock that it takes for that until it is
   *   committed. Whoever has changed a row of the table has therefore committed before we were given our lock, and its event is seen.
   *   Whoever is yet to change one waits for us, and its rows go to the new table, where its guards refuse what it read before.
   * - An append that changes no row of the table may have drawn a position and not be committed. It holds a lock on the table of
   *   events, as `SettledPositions` says, and is waited for here.
   */
  private async writersDone(connection: LeasedConnection, change: TableSwitch): Promise<void> {
    if (change.upTo === undefined) return;
    const end = now() + change.lockTimeoutMs;
    const writers = async () => (await connection.run(this.statements.writers)).map(([writer]) => writer);
    let awaited = await writers();
    for (let pauseMs = FIRST_PAUSE_MS; awaited.length > 0; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      if (now() >= end) throw refusedSwitch(change, undefined);
      await pause(pauseMs);
      const running = new Set(await writers());
      awaited = awaited.filter((writer) => running.has(writer));
    }
  }

  private async refuseLaterEvents(connection: LeasedConnection, change: TableSwitch): Promise<void> {
    const last = await this.laterEvent(connection, change);
    if (last !== undefined) throw refusedSwitch(change, last);
  }

  /** Nobody can store an event whose rows the switch would lose until it is committed. */
  private async finalOperations(connection: LeasedConnection, change: TableSwitch): Promise<readonly Operation[]> {
    const last = await this.laterEvent(connection, change);
    if (last === undefined) return change.also;
    if (change.late === undefined) throw refusedSwitch(change, last);
    return await change.late(last);
  }

  /** @returns the global position of the last event behind `upTo`; undefined where there is none. */
  private async laterEvent(connection: LeasedConnection, { upTo }: TableSwitch): Promise<number | undefined> {
    if (upTo === undefined || upTo.categories.length === 0) return undefined;
    const [row] = await connection.run(this.statements.last, [textArray([...new Set(upTo.categories)])]);
    const last = Number(row![0]);
    return last > upTo.position ? last : undefined;
  }

  private named(name: string): string {
    return `"${this.schemaName}"."${name}"`;
  }
}

/** A statement that is not worth preparing. */
function once(text: string): Statement {
  return { name: "", text };
}

function statementsFor(schemaName: string) {
  const events = `"${schemaName}".events`;
  return {
    /** A category is compared as a range, as in `GlobalReader`. */
    last: {
      name: "last_of_categories",
      text: `
        SELECT coalesce(max(last.global_position), 0) FROM unnest($1::text[]) AS c (category) CROSS JOIN LATERAL (
          SELECT e.global_position FROM ${events} e WHERE e.category >= c.category AND e.category <= c.category
          ORDER BY e.category DESC, e.global_position DESC LIMIT 1
        ) AS last`,
    },
    writers: {
      name: "writers_of_events",
      text: `
        SELECT DISTINCT virtualtransaction FROM pg_locks
        WHERE locktype = 'relation' AND relation = '${events}'::regclass AND mode = 'RowExclusiveLock' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    },
    indexes: {
      name: "indexes_of_table",
      text: `
        SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indrelid = to_regclass(format('%I.%I', '${schemaName}', $1::text)) AND i.relname LIKE 'index:%'`,
    },
  } satisfies Record<string, Statement>;
}
