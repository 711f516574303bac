import { AsyncLocalStorage } from "node:async_hooks";

import { type Cause, causeOf } from "../causation/cause";
import { type IdGenerator, withAggregateIds } from "../elements/id-generator";
import { UnitOfWork, type UnitOfWorkParts } from "./unit-of-work";

/** The unit that code runs in, and what caused it. */
export interface Work {
  readonly unit: UnitOfWork;
  readonly cause: Cause;
  /** Gives up the command that the unit is for, where that has a limit. */
  readonly signal?: AbortSignal | undefined;
}

export interface WorkOptions {
  /** What caused the events added; inside another unit, that unit's cause where absent. */
  readonly cause?: Cause | undefined;
  /** Gives up the work; inside another unit, that unit's signal where absent. */
  readonly signal?: AbortSignal | undefined;
  /** Called with a unit that is opened, before the body runs. Inside another unit nothing is opened. */
  readonly opened?: ((unit: UnitOfWork) => void) | undefined;
}

export interface UnitsOfWorkParts extends UnitOfWorkParts {
  readonly ids: IdGenerator;
}

const NOTHING: WorkOptions = {};

/** Knows the unit of work that the running code is in, across awaits, and opens and ends units. */
export class UnitsOfWork {
  readonly #storage = new AsyncLocalStorage<Work>();
  #position = 0;

  constructor(private readonly parts: UnitsOfWorkParts) {}

  /** What the running code works in; undefined outside of a unit. */
  get current(): Work | undefined {
    return this.#storage.getStore();
  }

  /** The highest global position that a unit has appended; 0 before the first append. */
  get position(): number {
    return this.#position;
  }

  /**
   * Runs `body` in a unit of work and commits the unit when `body` returns; inside another unit it joins that one.
   * When `body` throws, nothing that was added is stored, by the outer unit neither.
   */
  async run<T>(body: () => T | Promise<T>, { cause, signal, opened }: WorkOptions = NOTHING): Promise<T> {
    const outer = this.current;
    const unit = outer?.unit ?? new UnitOfWork(this.parts);
    const work = {
      unit,
      cause: cause ?? outer?.cause ?? causeOf(this.parts.ids.next()),
      signal: signal ?? outer?.signal,
    };
    if (outer === undefined) opened?.(unit);
    try {
      const result = await withAggregateIds(this.parts.ids, () => this.#storage.run(work, body));
      if (outer === undefined) await this.#commit(unit);
      return result;
    } catch (error) {
      unit.fail(error);
      throw error;
    } finally {
      if (outer === undefined) unit.end();
    }
  }

  async #commit(unit: UnitOfWork): Promise<void> {
    for (const { globalPosition } of await unit.commit()) {
      if (globalPosition > this.#position) this.#position = globalPosition;
    }
  }
}
