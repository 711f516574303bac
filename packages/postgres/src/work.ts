/** A prepared statement: parsed and planned once on each connection; each time where its name is empty. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export type Parameter = string | number | null | Buffer;

/** The columns of a row as the texts that the server sent. */
export type Row = readonly (string | null)[];

/** Takes the rows of a call as they are on the wire, where a string for every column would cost more than what is made of them. */
export interface RowCollector {
  /** Begins anew: the call is sent, perhaps once more. */
  begin(): void;
  /**
   * Takes a row. Every column is a text, with its length as 32 bits before it, -1 for NULL.
   *
   * @param bytes are the collector's from now on: it may change them up to the end of the row, and nobody else does.
   * @param at where the number of columns is, as 16 bits.
   */
  add(bytes: Buffer, at: number): void;
}

/** A statement with the values of its parameters. */
export interface Call {
  readonly statement: Statement;
  readonly values: readonly Parameter[];
  /** Receives the rows in place of the answer, unless the call shares a statement. */
  readonly collector?: RowCollector | undefined;
}

/**
 * Calls that somebody waits for: sent together and answered together, in one round trip. Outside of a transaction they are one
 * transaction, which commits after the last call. Each call sees what was committed before it started.
 */
export interface Work {
  readonly calls: readonly Call[];
  /** Receives the rows of each call. */
  readonly resolve: (rowsOfEach: readonly (readonly Row[])[]) => void;
  readonly reject: (error: unknown) => void;
  /** Set for work of one call that may share a statement with others of its kind while all connections are busy. */
  readonly sharing?: Sharing | undefined;
}

/** How calls of one statement that wait for a connection become one call of another statement. */
export interface Sharing {
  readonly statement: Statement;
  /** How many share it at most: as many as it serves well, and few enough to repeat each by itself after a failure. */
  readonly most: number;
  /** No two of those that share may have one of these in common. */
  keysOf(values: readonly Parameter[]): readonly string[];
  valuesOf(all: readonly (readonly Parameter[])[]): readonly Parameter[];
  /** The rows of each, in their order. */
  rowsOf(rows: readonly Row[], all: readonly (readonly Parameter[])[]): readonly (readonly Row[])[];
}
