import { AsyncLocalStorage } from "node:async_hooks";

import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { withAggregateIds } from "../elements/id-generator";
import { type Cause, causeOf } from "./cause";
import { UnitOfWork, type UnitOfWorkParts } from "./unit-of-work";

/** The unit that code runs in, and what led to it. */
export interface Work {
  readonly unit: UnitOfWork;
  readonly cause: Cause;
  /** Gives up the command that the unit is for, where that has a limit. */
  readonly signal?: AbortSignal | undefined;
}

/** Knows the unit of work that the running code is in, across awaits, and opens and ends units. */
export class WorkContext {
  readonly #storage = new AsyncLocalStorage<Work>();

  constructor(private readonly parts: UnitOfWorkParts) {}

  get current(): Work | undefined {
    return this.#storage.getStore();
  }

  /** For a unit whose loads may go ahead on cached aggregates; undefined where nothing is cached. */
  trust(): TrustedAggregates | undefined {
    const { adapter, cache } = this.parts;
    return cache && new TrustedAggregates(adapter, cache);
  }

  /**
   * Runs `body` in a unit of work and commits it when `body` returns; inside another unit it joins that one.
   * When `body` throws, nothing that was added is stored, by the outer unit neither.
   *
   * @param cause what led to the events added in `body`; inside another unit, that unit's cause where absent.
   * @param signal what gives `body` up; inside another unit, that unit's signal where absent.
   * @param trusted lets loads of the unit go ahead on cached aggregates; inside another unit, that unit's counts.
   * @throws StaleAggregates when one of those was not current, whatever `body` did; nothing is stored then.
   */
  async run<T>(
    body: () => T | Promise<T>,
    cause?: Cause,
    signal?: AbortSignal,
    trusted?: TrustedAggregates,
  ): Promise<T> {
    const outer = this.current;
    const unit = outer?.unit ?? new UnitOfWork(this.parts, trusted);
    const work = {
      unit,
      cause: cause ?? outer?.cause ?? causeOf(this.parts.ids.next()),
      signal: signal ?? outer?.signal,
    };
    try {
      const result = await withAggregateIds(this.parts.ids, () => this.#storage.run(work, body));
      if (outer === undefined) await unit.commit();
      return result;
    } catch (error) {
      unit.doom(error);
      throw outer === undefined && trusted !== undefined ? await trusted.verdictOn(error) : error;
    }
  }
}
