import type { ProjectionRoot } from "../elements/projection";
import { ConfigurationError } from "../errors/configuration-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import type { ProjectionModel, SqlProjectorModel } from "../model/projection-model";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import type { Consumer } from "../subscriptions/reading/consumer";
import { appendReacting } from "../unit-of-work/append-reacting";
import { RowsOfUnit } from "../unit-of-work/rows-of-unit";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import { didYouMean } from "../wording/did-you-mean";
import { twinHint } from "../wording/twin-class";
import { InlineProjections } from "./inline-projections";
import { ProjectionConsumer } from "./projection-consumer";
import { showsEarlier, type ViewStores } from "./projection-views";
import { rowFolding } from "./row-foldings";
import { SqlProjectorConsumer } from "./sql-projector-consumer";
import { type PreparedProjection, startProjections } from "./start-projections";
import { StoredDeclarations } from "./stored-declarations";

interface ProjectionsParts {
  readonly domain: string;
  readonly projections: Iterable<ProjectionModel>;
  readonly sqlProjectors: Iterable<SqlProjectorModel>;
  readonly adapter: Pick<EventStoreAdapter, "description" | "log" | "operations">;
  /** The store as subscriptions use it, which wait in their own way while it cannot be reached. */
  readonly fed: OperationStores | undefined;
  /** How many events a projection is given at once, at most, by its name. */
  readonly batchOf: (name: string) => number;
  /** How many buckets the keys of a projection are spread over. */
  readonly buckets: number;
}

/** The projections of a running domain, those of mode "inline" and those that subscriptions feed. */
export class Projections {
  /** What subscriptions feed. */
  readonly consumers: readonly Consumer[];
  /** Undefined where no projection is inline. */
  readonly inline: InlineProjections | undefined;
  readonly #parts: ProjectionsParts;
  readonly #prepared: ReadonlyMap<Class, PreparedProjection>;
  readonly #sqlProjectors: readonly SqlProjectorModel[];

  /** @throws ConfigurationError for fields that would have one column, and for a store that keeps no rows. */
  constructor(parts: ProjectionsParts) {
    this.#parts = parts;
    const models = [...parts.projections];
    this.#sqlProjectors = [...parts.sqlProjectors];
    if (models.length + this.#sqlProjectors.length > 0) this.#operations();
    const prepared = models.map((model): PreparedProjection => {
      const folding = rowFolding(model);
      const { readModels } = parts.fed as OperationStores;
      return {
        model,
        folding,
        consumer: new ProjectionConsumer({ model, folding, readModels, batch: parts.batchOf(model.name) }),
      };
    });
    this.#prepared = new Map(prepared.map((each) => [each.model.type, each]));
    this.consumers = [
      ...prepared.filter(({ model }) => model.mode === "async").map(({ consumer }) => consumer),
      ...this.#sqlProjectors.map((model) => new SqlProjectorConsumer(model, parts.batchOf(model.name))),
    ];
    const inline = prepared.filter(({ model }) => model.mode === "inline");
    if (inline.length > 0) {
      const { log } = parts.adapter;
      this.inline = new InlineProjections({ projections: inline, readModels: this.#operations().readModels, log });
    }
  }

  /**
   * Prepares the store: tables, views, checkpoints and the records of declarations.
   * @throws ConfigurationError for a shape that changed under the same version, and for tables of SQL projectors that are not there.
   */
  async start(): Promise<void> {
    const projections = [...this.#prepared.values()];
    if (projections.length + this.#sqlProjectors.length === 0) return;
    const { domain, adapter, buckets } = this.#parts;
    const operations = this.#operations();
    await this.#checkTables(operations);
    await startProjections({ domain, projections, log: adapter.log, operations, buckets });
  }

  /** Finds a projection by its class. @throws IncorrectUsageError for a class that is not registered. */
  of(projection: { readonly prototype: ProjectionRoot; readonly name: string }): PreparedProjection {
    const type = projection as unknown as Class;
    const found = this.#prepared.get(type);
    if (found !== undefined) return found;
    const name = typeof type === "function" ? type.name : String(type);
    const known = [...this.#prepared.values()].map(({ model }) => model.name);
    const hint =
      twinHint(
        name,
        [...this.#prepared.keys()].map((each) => each.name),
      ) || didYouMean(name, known);
    throw new IncorrectUsageError(
      `${name} is not a registered projection of domain ${JSON.stringify(this.#parts.domain)}${hint}`,
    );
  }

  /** Finds a projection by the identity of its checkpoints. */
  prepared(subscription: string): PreparedProjection | undefined {
    return [...this.#prepared.values()].find(({ consumer }) => consumer.subscription === subscription);
  }

  /** Lists the projections of one mode. */
  ofMode(mode: "async" | "inline"): readonly PreparedProjection[] {
    return [...this.#prepared.values()].filter(({ model }) => model.mode === mode);
  }

  /** Lets the inline projections take part in a unit of work. */
  readonly takePart = (unit: UnitOfWork): void => {
    if (this.inline !== undefined) unit.enlist(this.inline.participant(() => unit.find(RowsOfUnit)));
  };

  /** Appends events outside of a unit of work, together with the rows of inline projections. */
  async append(requests: readonly AppendRequest[], now: number): Promise<readonly AppendedStream[]> {
    const { log } = this.#parts.adapter;
    if (this.inline === undefined) return await log.append(requests);
    const participant = this.inline.participant(() => undefined);
    const appended = await appendReacting(log, { requests, also: [], now }, [participant]);
    await participant.committed?.(appended);
    return appended;
  }

  /** Lists the async projections whose view shows an earlier version, as long as they have not caught up. */
  async waitingForView(): Promise<readonly PreparedProjection[]> {
    const waiting: PreparedProjection[] = [];
    for (const projection of this.#prepared.values())
      if (projection.model.mode === "async" && (await showsEarlier(projection, this.#viewStores())))
        waiting.push(projection);
    return waiting;
  }

  async #checkTables({ runsStatements, readModels }: OperationStores): Promise<void> {
    const faults: string[] = [];
    for (const { name, tables } of this.#sqlProjectors) {
      if (!runsStatements) {
        faults.push(`${name} is an SQL projector, and the store (${this.#parts.adapter.description}) runs no SQL`);
        continue;
      }
      for (const table of tables)
        if (!(await readModels.has(table)))
          faults.push(`${name} changes the table "${table}", which is not there: create it before the domain starts`);
    }
    if (faults.length > 0) throw new ConfigurationError(faults, "the SQL projectors");
  }

  /** What the store keeps of how projections are declared. @throws ConfigurationError for a store that keeps events alone. */
  get declarations(): StoredDeclarations {
    return new StoredDeclarations(this.#parts.domain, this.#operations());
  }

  #viewStores(): ViewStores {
    return { readModels: this.#operations().readModels, declarations: this.declarations };
  }

  #operations(): OperationStores {
    const { adapter } = this.#parts;
    if (adapter.operations !== undefined) return adapter.operations;
    throw new ConfigurationError(`the store (${adapter.description}) keeps events alone: it cannot keep projections`);
  }
}
