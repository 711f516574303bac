import { createHash } from "node:crypto";
import { ConfigurationError, UniqueViolationError } from "@tidemark/core";
import {
  addedColumns,
  type Column,
  fitsStored,
  foreignTable,
  type Index,
  refusedTable,
  type Table,
  type View,
} from "@tidemark/core/adapter";

import { columnDefinition, columnsIn, describedColumns, tableDefinition } from "./column-mappings";
import type { Connections } from "./connections";
import type { LeasedConnection } from "./leased-connection";
import { isUniqueViolation } from "./unavailable";
import type { Call, Statement } from "./work";

/** Creates and drops the tables and views of read models. Processes that do so at the same time do it one after the other. */
export class TableChanges {
  private readonly schema: string;
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schemaName: string,
  ) {
    this.schema = `"${schemaName}"`;
    this.statements = statementsFor(schemaName);
  }

  /** Creates a table with those of its indexes that are missing. */
  createTable(table: Table): Promise<void> {
    return this.change(async (connection) => {
      const columns = await this.columnsOf(connection, table.name);
      if (columns === null)
        await connection.run(once(`CREATE TABLE ${this.named(table.name)} ${tableDefinition(table)}`));
      else if (!fits(table, columns))
        throw new ConfigurationError(`the table ${table.name} has other columns: ${columns}`);
      for (const index of table.indexes ?? []) await this.createIndex(connection, table, index);
    });
  }

  /** Adds the columns and indexes that a table lacks. */
  extendTable(table: Table): Promise<void> {
    return this.change(async (connection) => {
      const added = addedColumns(table, await this.tableColumns(connection, table.name));
      const additions = added.map((column) => `ADD COLUMN ${columnDefinition(column)}`);
      if (additions.length > 0)
        await connection.run(once(`ALTER TABLE ${this.named(table.name)} ${additions.join(", ")}`));
      for (const index of table.indexes ?? []) await this.createIndex(connection, table, index);
    });
  }

  /** The columns of a table. @throws ConfigurationError for a table that is not one of a read model. */
  async tableColumns(connection: LeasedConnection, name: string): Promise<readonly Column[] | undefined> {
    if ((await this.kindOf(connection, name)) !== TABLE) return undefined;
    const described = await this.columnsOf(connection, name);
    if (described === null) return undefined;
    const columns = columnsIn(described);
    if (columns === undefined) throw foreignTable(name, described);
    return columns;
  }

  /**
   * Drops a table unless it has certain rows. Nobody stores one meanwhile.
   * @param count the call that counts such rows.
   * @returns false where there is one.
   */
  async dropTableUnless(table: Table, count: Call): Promise<boolean> {
    let isDropped = true;
    const named = this.named(table.name);
    await this.change(async (connection) => {
      if ((await this.kindOf(connection, table.name)) !== TABLE) return;
      await connection.run(once(`LOCK TABLE ${named} IN ACCESS EXCLUSIVE MODE`));
      await this.checkColumns(connection, table);
      const [row] = await connection.run(count.statement, count.values);
      isDropped = Number(row![0]) === 0;
      if (isDropped) await connection.run(once(`DROP TABLE ${named} CASCADE`));
    });
    return isDropped;
  }

  /** Drops a table and all views that need it. */
  dropTable(name: string): Promise<void> {
    return this.change(async (connection) => {
      if ((await this.kindOf(connection, name)) === TABLE)
        await connection.run(once(`DROP TABLE ${this.named(name)} CASCADE`));
    });
  }

  /** A view with the same columns is replaced as it is, so that whoever may read it still may. */
  createView(view: View): Promise<void> {
    return this.change((connection) => this.showView(connection, view));
  }

  /** Does what `createView` does, inside of a change. */
  async showView(connection: LeasedConnection, { name, table, columns }: View): Promise<void> {
    await this.checkColumns(connection, table);
    const isThere = await this.isView(connection, name);
    const shown = columns.map((column) => table.columns.find((each) => each.name === column)!);
    const isReplaced = isThere && (await this.columnsOf(connection, name)) === describedColumns(shown);
    if (isThere && !isReplaced) await connection.run(once(`DROP VIEW ${this.named(name)}`));
    const list = columns.map((column) => `"${column}"`).join(", ");
    await connection.run(
      once(`CREATE OR REPLACE VIEW ${this.named(name)} AS SELECT ${list} FROM ${this.named(table.name)}`),
    );
  }

  /** Whether there is a view of this name. @throws ConfigurationError where the name is that of something else. */
  async isView(connection: LeasedConnection, name: string): Promise<boolean> {
    const kind = await this.kindOf(connection, name);
    if (kind !== null && kind !== VIEW) throw new ConfigurationError(`the name ${name} is not that of a view`);
    return kind === VIEW;
  }

  /** Whether there is a table of this name. @throws ConfigurationError where the name is that of something else. */
  async isTable(connection: LeasedConnection, name: string): Promise<boolean> {
    const kind = await this.kindOf(connection, name);
    if (kind !== null && kind !== TABLE) throw new ConfigurationError(`the name ${name} is not that of a table`);
    return kind === TABLE;
  }

  /**
   * The order of nulls is that of queries. A unique index is a constraint that is checked when a statement ends, so that rows which are
   * stored together may exchange their values.
   */
  private async createIndex(connection: LeasedConnection, { name, columns }: Table, index: Index): Promise<void> {
    const stored = indexName(name, index);
    if ((await this.kindOf(connection, stored)) !== null) return;
    const key = columns[0]!.name;
    if (index.isUnique) {
      const list = index.columns.map((column) => `"${column}"`).join(", ");
      const unique = `ADD CONSTRAINT "${stored}" UNIQUE (${list}) DEFERRABLE INITIALLY IMMEDIATE`;
      await connection.run(once(`ALTER TABLE ${this.named(name)} ${unique}`)).catch((error: { cause?: unknown }) => {
        if (!isUniqueViolation(error.cause)) throw error;
        throw new UniqueViolationError({ table: name, columns: index.columns }, error.cause);
      });
      return;
    }
    const all = index.columns.includes(key) ? index.columns : [...index.columns, key];
    const list = all.map((column) => `"${column}"${column === key ? "" : " NULLS FIRST"}`).join(", ");
    await connection.run(once(`CREATE INDEX "${stored}" ON ${this.named(name)} (${list})`));
  }

  /**
   * Carries out a change in a transaction, while no other process changes tables.
   * @param lockTimeoutMs how long it waits for each lock; as long as for any statement where absent.
   */
  async change(
    change: (connection: LeasedConnection) => Promise<unknown>,
    { lockTimeoutMs }: { readonly lockTimeoutMs?: number } = {},
  ): Promise<void> {
    await this.connections.lease("Cannot change the tables of", async (connection) => {
      await connection.run({ name: "begin", text: "BEGIN" });
      // 0 would be no limit.
      if (lockTimeoutMs !== undefined)
        await connection.run(this.statements.limit, [Math.max(1, Math.ceil(lockTimeoutMs))]);
      await connection.run(this.statements.lock);
      await change(connection);
      await connection.run({ name: "commit", text: "COMMIT" });
    });
  }

  /** @throws IncorrectUsageError for a table that was not created as it is given. */
  async checkColumns(connection: LeasedConnection, table: Table): Promise<void> {
    const stored = await this.columnsOf(connection, table.name);
    if (!fits(table, stored)) throw refusedTable(table, stored ?? undefined);
  }

  async columnsOf(connection: LeasedConnection, name: string): Promise<string | null> {
    const [row] = await connection.run(this.statements.describe, [name]);
    return row![0]!;
  }

  private async kindOf(connection: LeasedConnection, name: string): Promise<string | null> {
    const [row] = await connection.run(this.statements.kind, [name]);
    return row?.[0] ?? null;
  }

  private named(name: string): string {
    return `${this.schema}."${name}"`;
  }
}

/** @param stored the columns of the stored table as the server describes them; null where there is none. */
function fits(table: Table, stored: string | null): boolean {
  return fitsStored(table, describedColumns(table.columns), stored ?? undefined);
}

/** What pg_class calls them. */
const [TABLE, VIEW] = ["r", "v"];

/** The index of a table that the server named in an error; undefined for one of no read model. */
export function indexNamed(name: string | undefined, { name: table, indexes = [] }: Table): Index | undefined {
  return indexes.find((index) => indexName(table, index) === name);
}

/** Whether an index of a read model has this name. */
export function isIndexName(name: string | undefined): boolean {
  return name?.startsWith(INDEX) ?? false;
}

/** Holds a colon, which no table's name does: tables and indexes share their names, which have 63 bytes at most. */
const INDEX = "index:";

export function indexName(table: string, { columns, isUnique = false }: Index): string {
  return hashed([table, columns, isUnique]);
}

/** The name for an index of another version of the code, after its table was given a name. @param former its name up to then. */
export function foreignIndexName(table: string, former: string): string {
  return hashed([table, former]);
}

function hashed(described: readonly unknown[]): string {
  return `${INDEX}${createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 40)}`;
}

/** A statement that is not worth preparing. */
function once(text: string): Statement {
  return { name: "", text };
}

/** A query for the columns of the relation that `$1` names, whatever it is: its name is taken. */
export function columnsOfRelation(schemaName: string): string {
  return `(
    SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_attribute a
    WHERE a.attrelid = to_regclass(format('%I.%I', '${schemaName}', $1::text)) AND a.attnum > 0 AND NOT a.attisdropped
  )`;
}

function statementsFor(schemaName: string) {
  return {
    lock: {
      name: "lock_tables",
      text: `SELECT pg_advisory_xact_lock(hashtext('tidemark tables'), hashtext('${schemaName}'))`,
    },
    limit: { name: "limit_lock_waits", text: "SELECT set_config('lock_timeout', $1, true)" },
    describe: { name: "describe_table", text: `SELECT ${columnsOfRelation(schemaName)}` },
    kind: {
      name: "kind_of_relation",
      text: `SELECT relkind FROM pg_class WHERE oid = to_regclass(format('%I.%I', '${schemaName}', $1::text))`,
    },
  } satisfies Record<string, Statement>;
}
