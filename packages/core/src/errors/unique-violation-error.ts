import { brandError, DomainError, type ErrorDetails } from "./domain-error";

/** A row that a unique index of its table refuses. */
interface RowViolation {
  readonly table: string;
  /** The columns of the index. */
  readonly columns: readonly string[];
}

/** An aggregate that a unique constraint of its class refuses. */
interface AggregateViolation {
  /** The name of its class. */
  readonly aggregate: string;
  /** The fields of the constraint. Their values are left out: they may be personal, and errors are logged. */
  readonly fields: readonly string[];
  /** The id of the aggregate that could not be saved; absent where it is unknown which one of several it was. */
  readonly id?: string | undefined;
}

/**
 * Another row already has the values that a unique index allows once, or another aggregate those of its unique fields. Nothing of the
 * transaction was written.
 */
export class UniqueViolationError extends DomainError {
  /** `table` and `columns` for a row; `aggregate`, `fields` and mostly `id` for an aggregate. */
  declare readonly details: ErrorDetails & Partial<RowViolation & AggregateViolation>;

  constructor(details: RowViolation | AggregateViolation, cause?: unknown) {
    const message = "table" in details ? rowInWords(details) : aggregateInWords(details);
    super(message, { code: "UNIQUE_VIOLATION", details: { ...details }, cause });
  }
}

brandError(UniqueViolationError, "UniqueViolationError", 409);

function rowInWords({ table, columns }: RowViolation): string {
  return `Cannot store a row in table ${JSON.stringify(table)}: another row has the same ${columns.join(", ")}, which a unique index allows once`;
}

function aggregateInWords({ aggregate, fields, id }: AggregateViolation): string {
  const subject = id === undefined ? `one of several instances of ${aggregate}` : `${aggregate} ${JSON.stringify(id)}`;
  const unique = fields.length === 1 ? "which must be unique" : "which must be unique together";
  return `Cannot save ${subject}: another ${aggregate} has the same ${listed(fields)}, ${unique}`;
}

/** `country, region and taxId` */
function listed(fields: readonly string[]): string {
  const last = fields.at(-1);
  return fields.length < 2 ? String(last) : `${fields.slice(0, -1).join(", ")} and ${last}`;
}
