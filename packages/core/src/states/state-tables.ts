import { ConfigurationError } from "../errors/configuration-error";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import { hasRow } from "../model/aggregate-storage";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import { StateTable } from "./state-table";

interface StateTablesParts {
  readonly models: Iterable<AggregateModel>;
  readonly adapter: Pick<EventStoreAdapter, "description" | "operations">;
}

/** The tables of the aggregate classes of a domain that have rows. */
export class StateTables {
  readonly #byClass: ReadonlyMap<Class, StateTable>;
  readonly #operations: OperationStores | undefined;

  /** @throws ConfigurationError for fields that would have one column, and for a store that keeps no rows. */
  constructor({ models, adapter }: StateTablesParts) {
    const stored = [...models].filter(({ storage }) => hasRow(storage));
    this.#operations = adapter.operations;
    if (stored.length > 0 && adapter.operations === undefined) {
      const faults = stored.map(
        ({ name, storage }) =>
          `${name} is stored as ${JSON.stringify(storage.stored)}, and the store (${adapter.description}) keeps events alone`,
      );
      throw new ConfigurationError(faults, "the aggregates");
    }
    this.#byClass = new Map(stored.map((model) => [model.type, new StateTable(model)]));
  }

  /** Gives the table of an aggregate class, and what keeps its rows; undefined for one without rows. */
  of(type: Class): { readonly rows: StateTable<any>; readonly operations: OperationStores } | undefined {
    const rows = this.#byClass.get(type);
    return rows && { rows, operations: this.#operations as OperationStores };
  }

  /** The tables of all classes with rows. */
  get all(): Iterable<StateTable> {
    return this.#byClass.values();
  }
}
