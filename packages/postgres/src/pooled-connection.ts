import type { Client, Connection, Submittable } from "pg";

import { AnswerLost, leavesConnectionUsable } from "./unavailable";

/** A prepared statement: parsed and planned once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Row = readonly (string | null)[];
export type Parameter = string | number | null | Buffer;

/** A statement that somebody waits for. */
export interface Work {
  readonly statement: Statement;
  readonly values: readonly Parameter[];
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: unknown) => void;
  /** Set where it may share a statement with others of the kind while all connections are busy. */
  readonly sharing?: Sharing | undefined;
}

/** One statement in the place of several. */
export interface Sharing {
  readonly statement: Statement;
  /** How many share it at most: as many as it serves well, and a bound for what one failure makes to be repeated. */
  readonly most: number;
  /** What no two of those that share may have in common. */
  keysOf(values: readonly Parameter[]): readonly string[];
  valuesOf(all: readonly (readonly Parameter[])[]): readonly Parameter[];
  /** The rows of each, in their order. */
  rowsOf(rows: readonly Row[], all: readonly (readonly Parameter[])[]): readonly (readonly Row[])[];
}

/** Told once when a statement has ended; `lost` with the connection, or with nothing but its own failure. */
export type OnEnd = (connection: PooledConnection, outcome: { readonly lost: boolean }) => void;

/**
 * One connection that carries out one statement at a time, as `pg` lets anything that can be submitted (its cursors use the
 * same door). Compared with its own queries no description of the columns is asked for, no result object is built, and
 * rows stay the texts that the server sent.
 */
export class PooledConnection implements Submittable {
  /** When the statement under way, or the time without any, is over; in milliseconds of `performance.now()`. */
  deadline = 0;

  private readonly prepared = new Set<string>();
  private work: Work | undefined;
  private rows: Row[] = [];

  constructor(
    readonly client: Client,
    private readonly onEnd: OnEnd,
  ) {}

  get isBusy(): boolean {
    return this.work !== undefined;
  }

  run(work: Work): void {
    this.work = work;
    this.rows = [];
    this.client.query(this);
  }

  /** The statement under way has failed, as far as its caller is concerned. */
  fail(error: unknown): void {
    const { work } = this;
    if (work === undefined) return;
    this.work = undefined;
    this.rows = [];
    // A migration may have changed what the statement means: the next attempt prepares it anew.
    this.prepared.delete(work.statement.name);
    const lost = !leavesConnectionUsable(error);
    work.reject(lost ? new AnswerLost(error) : error);
    this.onEnd(this, { lost });
  }

  submit(connection: Connection): void {
    const { statement, values } = this.work!;
    const { name, text } = statement;
    connection.stream.cork();
    if (!this.prepared.has(name)) {
      // An attempt that failed may have left it behind.
      connection.close({ type: "S", name }, true);
      connection.parse({ name, text, types: [] }, true);
    }
    connection.bind({ statement: name, values: values as string[], valueMapper: asText }, true);
    connection.execute({}, true);
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: Row }): void {
    this.rows.push(fields);
  }

  /** The end of a statement that succeeded, and committed if it wrote. */
  handleReadyForQuery(): void {
    const { work, rows } = this;
    if (work === undefined) return;
    this.prepared.add(work.statement.name);
    this.work = undefined;
    this.rows = [];
    work.resolve(rows);
    this.onEnd(this, { lost: false });
  }

  handleError(error: unknown): void {
    this.fail(error);
  }

  // What else `pg` passes on and these statements have no use for.
  handleRowDescription(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/** Bytes go as they are: in binary. */
function asText(value: unknown): unknown {
  return typeof value === "number" ? String(value) : value;
}
