import type { AggregateRoot } from "../../elements/aggregate-root";
import { ConfigurationError } from "../../errors/configuration-error";
import { listIds } from "../../event-store/list-ids";
import type { Loader } from "../../loading/aggregate-loader";
import type { AggregateModel } from "../../model/aggregate-model";
import type { EventStoreAdapter } from "../../ports/event-store-adapter";
import type { OperationStores } from "../../ports/operation-stores";
import type { DeleteRows } from "../../ports/operations";
import type { Repository } from "../../repository/repository";
import type { Reservations } from "../../reservations/reservations";
import { tableRows } from "../../rows/table-rows";
import { mergedIds } from "../../snapshots/upkeep/merged-ids";
import type { UnitsOfWork } from "../../unit-of-work/units-of-work";
import type { StateTable } from "../state-table";
import {
  type AggregateConversion,
  AggregateConverter,
  type ConvertAggregateOptions,
  refuseUnconvertible,
} from "./aggregate-conversion";
import {
  type AggregateVerification,
  type AggregateVerifier,
  refuseUnverifiable,
  type VerifyAggregateOptions,
  verifyAggregates,
} from "./aggregate-verification";
import { formerRows } from "./former-rows";
import { verifyReserved } from "./reservation-verification";
import { RowVerifier } from "./row-verification";

interface AggregateUpkeepParts<A extends AggregateRoot> {
  readonly model: AggregateModel<A>;
  readonly adapter: Pick<EventStoreAdapter, "description" | "log" | "operations">;
  /** Undefined for a class without rows. */
  readonly rows: StateTable<A> | undefined;
  /** Folds all events. */
  readonly loader: Loader<A>;
  /** Undefined for a class that reserves nothing. */
  readonly reservations: Reservations | undefined;
  readonly repository: Pick<Repository<A>, "add">;
  readonly units: UnitsOfWork;
}

/** What operators do with the stored aggregates of one class. */
export class AggregateUpkeep<A extends AggregateRoot = AggregateRoot> {
  readonly #parts: AggregateUpkeepParts<A>;

  constructor(parts: AggregateUpkeepParts<A>) {
    this.#parts = parts;
  }

  /** @throws IncorrectUsageError for aggregates whose events cannot give what is stored of them. */
  async verify(options: VerifyAggregateOptions): Promise<AggregateVerification> {
    const { model } = this.#parts;
    refuseUnverifiable(model, options);
    const { rows } = this.#parts;
    if (rows !== undefined) return await verifyAggregates(this.#verifier(rows), options);
    return await verifyReserved(this.#reserving, options);
  }

  /** @throws IncorrectUsageError for a class that no conversion leads to. */
  async convert(options: ConvertAggregateOptions): Promise<AggregateConversion> {
    const { model, loader, adapter } = this.#parts;
    refuseUnconvertible(model);
    const { readModels } = this.#operations;
    const former = await formerRows(model, readModels);
    const { log } = adapter;
    const save = (aggregate: AggregateRoot, also: DeleteRows) => this.#saveWith(aggregate as A, also);
    const { reservations } = this.#parts;
    if (reservations !== undefined && !options.dryRun) await readModels.createTable(reservations.table);
    const converter = new AggregateConverter({ model, ...former, log, readModels, loader, save }, options);
    const conversion = await converter.run();
    // Notes that all of them have what is unique, which the domain starts with.
    if (reservations !== undefined && isComplete(conversion))
      await verifyReserved(this.#reserving, { repair: true, signal: options.signal });
    return conversion;
  }

  /** What a verification of reservations works with. */
  get #reserving() {
    const { reservations, adapter, loader } = this.#parts;
    return { reservations: reservations as Reservations, loader, log: adapter.log, operations: this.#operations };
  }

  #verifier(rows: StateTable<A>): AggregateVerifier {
    const { model, adapter, loader } = this.#parts;
    const { log } = adapter;
    const operations = this.#operations;
    const { readModels } = operations;
    const stored: StateTable<any> = rows;
    const verifier = new RowVerifier({ model, rows: stored, log, operations, loader });
    return {
      ids: () => mergedIds(listIds(log, model.category), idsOf(readModels, stored)),
      count: async () => await readModels.count({ table: stored.table, where: [] }),
      compare: (id) => verifier.compare(id),
      repair: (id) => verifier.repair(id),
    };
  }

  async #saveWith(aggregate: A, also: DeleteRows): Promise<void> {
    const { units, repository } = this.#parts;
    await units.run(async () => {
      await repository.add(aggregate);
      units.current?.unit.enlist({ also: () => [also] });
    });
  }

  /** @throws ConfigurationError for a store that keeps events alone. */
  get #operations(): OperationStores {
    const { adapter, model } = this.#parts;
    if (adapter.operations !== undefined) return adapter.operations;
    throw new ConfigurationError(
      `the store (${adapter.description}) keeps events alone: it has no rows of ${model.name}`,
    );
  }
}

function isComplete({ dryRun, differing, failing }: AggregateConversion): boolean {
  return !dryRun && differing + failing === 0;
}

async function* idsOf(
  readModels: OperationStores["readModels"],
  { table }: StateTable,
): AsyncGenerator<string, void, undefined> {
  for await (const page of tableRows(readModels, table)) for (const [id] of page) yield id as string;
}
