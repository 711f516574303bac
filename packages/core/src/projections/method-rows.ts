import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { isPromise, promiseRefusal } from "../errors/returned-promise";
import type { Class } from "../metadata/class-types";
import type { ProjectionModel, Reaction } from "../model/projection-model";
import type { Row, Table } from "../ports/table";
import { REVISION, RowCodec, type RowObject } from "../rows/row-codec";
import { isChangeable, thawed } from "../schema/copying";
import { defaultOf } from "../schema/field-default";
import { fieldKind } from "../schema/field-kind";
import { identifierFault } from "../schema/identifier";
import type { Shape } from "../schema/shape";
import { type Schema, saysTypeOnly } from "../schema/zod-tree";
import { at, FoldFailure, failureAt } from "./fold-failure";
import type { FoldedEvent } from "./folded-event";
import { projectionTable } from "./projection-table";
import { PureContext } from "./pure-context";
import type { FoldStep, RowFolding } from "./row-folding";
import { checksWholeRows } from "./whole-row-checks";

const NOTHING: readonly FoldStep<RowObject>[] = [];

/** The rows of a projection that the methods of a class fold. */
export class MethodRows implements RowFolding<RowObject> {
  readonly projection: string;
  readonly table: Table;
  readonly codec: RowCodec;
  readonly categories: readonly string[];
  readonly #reactions: ReadonlyMap<string, readonly RowReaction[]>;

  /** @throws ConfigurationError for fields that would have one column. */
  constructor(model: ProjectionModel) {
    const { shape, key } = model;
    const fields = [key, ...shape.keys.filter((each) => each !== key)];
    this.projection = model.name;
    this.codec = new RowCodec(
      model.type,
      fields.map((field) => [field, shape.fields[field] as Schema]),
    );
    this.table = projectionTable(model, this.codec, [REVISION]);
    this.categories = model.sources.map(({ category }) => category);
    const rows = new NewRows(model, this.codec);
    this.#reactions = new Map(
      [...model.reactions].map(([type, reactions]) => [
        type,
        reactions.map((reaction) => new RowReaction(reaction, model, this.codec, rows)),
      ]),
    );
  }

  wants(type: string): boolean {
    return this.#reactions.has(type);
  }

  stepsOf(event: FoldedEvent): readonly FoldStep<RowObject>[] {
    const reactions = this.#reactions.get(event.type);
    if (reactions === undefined) return NOTHING;
    if (reactions.length === 1) return reactions[0]!.stepsOf(event);
    return reactions.flatMap((reaction) => reaction.stepsOf(event));
  }

  decode(row: Row): RowObject {
    return this.codec.decode(row);
  }

  /** What is stored was checked after each event. */
  encode(_key: string, row: RowObject, revision: number): Row {
    return this.codec.encode(row, revision);
  }
}

/** Makes the missing rows of a projection, with the defaults of its fields. */
class NewRows {
  #defaults: readonly (readonly [field: string, value: unknown])[] | undefined;

  constructor(
    private readonly model: ProjectionModel,
    private readonly codec: RowCodec,
  ) {}

  make(key: string): RowObject {
    this.#defaults ??= this.#readDefaults();
    const row = this.codec.make();
    row[this.model.key] = key;
    for (const [field, value] of this.#defaults) row[field] = isChangeable(value) ? thawed(value) : value;
    return row;
  }

  #readDefaults(): (readonly [string, unknown])[] {
    const { shape, key, name } = this.model;
    return shape.keys.flatMap((field) => {
      const value = field === key ? undefined : defaultOf(shape.fields[field] as Schema, `field "${field}" of ${name}`);
      return value === undefined ? [] : [[field, value] as const];
    });
  }
}

/** What one method does for one event class, ready to be called. */
class RowReaction {
  /** Whether a method that keeps a part of an event could change the event. */
  readonly #isEventCopied: boolean;
  readonly #shape: Shape | undefined;

  constructor(
    private readonly reaction: Reaction,
    private readonly model: ProjectionModel,
    private readonly codec: RowCodec,
    private readonly rows: NewRows,
  ) {
    this.#isEventCopied = hasParts(reaction.event);
    this.#shape = checksWholeRows && needsWholeCheck(model, codec) ? model.shape : undefined;
  }

  stepsOf(event: FoldedEvent): readonly FoldStep<RowObject>[] {
    const { place, keysOf } = this.reaction;
    let keys: readonly string[];
    try {
      keys = keysOf(event.event, event.aggregateId);
    } catch (error) {
      throw failureAt(place, error);
    }
    if (keys.length === 1) return [new RowStep(this, keys[0]!)];
    return keys.map((key) => new RowStep(this, key));
  }

  get place(): string {
    return this.reaction.place;
  }

  get creates(): boolean {
    return this.reaction.creates;
  }

  apply(key: string, stored: RowObject | undefined, folded: FoldedEvent): RowObject | undefined {
    const { place, missing, creates, apply } = this.reaction;
    let row = stored;
    if (row === undefined) {
      if (!creates) {
        if (missing === "ignore") return undefined;
        throw new FoldFailure(this.#missingRow(key, folded), place);
      }
      const fault = identifierFault(key);
      if (fault !== undefined) throw new FoldFailure(this.#unfitRow(key, { [this.model.key]: fault }), place);
      row = at(place, () => this.rows.make(key));
    }
    const context = new PureContext(folded, place);
    try {
      const event = this.#isEventCopied ? (thawed(folded.event) as object) : folded.event;
      const returned = apply(row, event, context);
      if (returned !== undefined && isPromise(returned))
        throw promiseRefusal(returned, place, "a method of a projection only assigns the fields of its row");
    } catch (error) {
      throw failureAt(place, error);
    }
    if (context.isDeleted) return undefined;
    this.#check(key, row);
    return row;
  }

  #check(key: string, row: RowObject): void {
    const { place } = this.reaction;
    const faults = this.codec.faults(row) ?? this.#wholeFaults(row);
    if (faults !== undefined) throw new FoldFailure(this.#unfitRow(key, faults), place);
    if (row[this.model.key] !== key)
      throw new FoldFailure(this.#unfitRow(key, { [this.model.key]: "the key of a row never changes" }), place);
  }

  /** Outside of production: what the declared checks of the shape say, and which fields it does not have. */
  #wholeFaults(row: RowObject): Record<string, string> | undefined {
    if (checksWholeRows)
      for (const field in row) if (!this.codec.has(field)) return { [field]: "the projection has no such field" };
    const complaints = this.#shape?.complaints(row);
    if (complaints === undefined) return undefined;
    return Object.fromEntries(Object.entries(complaints).map(([path, texts]) => [path, texts.join("; ")]));
  }

  #unfitRow(key: string, faults: Readonly<Record<string, string>>): IncorrectUsageError {
    const { name: projection } = this.model;
    const { place } = this.reaction;
    const texts = Object.entries(faults).map(([field, fault]) => `${field}: ${fault}`);
    return new IncorrectUsageError(
      `Cannot store row ${JSON.stringify(key)} of ${projection} after ${place}: ${texts.join("; ")}`,
      { projection, key, place, faults },
    );
  }

  #missingRow(key: string, { type }: FoldedEvent): IncorrectUsageError {
    const { name: projection } = this.model;
    const { place } = this.reaction;
    const way = 'declare { creates: true } for an event that begins a row, or { missing: "ignore" }';
    return new IncorrectUsageError(
      `Cannot apply ${type} in ${place}: ${projection} has no row ${JSON.stringify(key)}; ${way}`,
      { projection, key, place, type },
    );
  }
}

class RowStep implements FoldStep<RowObject> {
  constructor(
    private readonly reaction: RowReaction,
    readonly key: string,
  ) {}

  get place(): string {
    return this.reaction.place;
  }

  get creates(): boolean {
    return this.reaction.creates;
  }

  apply(row: RowObject | undefined, event: FoldedEvent): RowObject | undefined {
    return this.reaction.apply(this.key, row, event);
  }
}

/** Whether the shape of a projection says more about its rows than the columns of their fields do. */
function needsWholeCheck({ shape, key }: ProjectionModel, { fields }: RowCodec): boolean {
  return fields.some(
    ({ field, column }) => field !== key && (column.type === "json" || !saysTypeOnly(shape.fields[field] as Schema)),
  );
}

/** Whether instances of an event class have fields with parts that could be changed. */
function hasParts(event: Class): boolean {
  const { shape } = event as Class & { readonly shape?: Shape };
  if (shape === undefined) return true;
  const types = shape.keys.map((key) => fieldKind(shape.fields[key] as Schema).type);
  return types.some((type) => type === "json" || type === "time");
}
