import type { Answer } from "../ports/answer";
import type { ReadModelStore } from "../ports/read-model-store";
import type { Row, Table } from "../ports/table";
import type { RowCodec } from "./row-codec";

/** Rows that can be asked for, and how errors speak of them. */
export interface RowSource<T = object> {
  /** The name of their class. */
  readonly name: string;
  /** What the class is, with its name, for the details of errors. */
  readonly details: Readonly<Record<string, string>>;
  readonly table: Table;
  readonly codec: Pick<RowCodec, "of" | "fields">;
  readonly readModels: Pick<ReadModelStore, "rows" | "query" | "count">;
  /** Says why a field of the class has no column; undefined for a name that the class does not know. */
  readonly whyMissing?: (field: string) => string | undefined;
  /** Makes the object of a row; undefined for a row that nobody is to see. */
  object(row: Row): Answer<T | undefined>;
}
