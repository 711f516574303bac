import { AsyncLocalStorage } from "node:async_hooks";

import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { type Cause, causeOf } from "../causation/cause";
import { StreamTurns, type Turn } from "../concurrency/stream-turns";
import { withAggregateIds } from "../elements/id-generator";
import type { Answer } from "../ports/answer";
import { UnitOfWork, type UnitOfWorkParts } from "./unit-of-work";

/** The unit that code runs in, and what led to it. */
export interface Work {
  readonly unit: UnitOfWork;
  readonly cause: Cause;
  /** Gives up the command that the unit is for, where that has a limit. */
  readonly signal?: AbortSignal | undefined;
}

export interface WorkOptions {
  /** What led to the events added; inside another unit, that unit's cause where absent. */
  readonly cause?: Cause | undefined;
  /** What gives the work up; inside another unit, that unit's signal where absent. */
  readonly signal?: AbortSignal | undefined;
  /** Lets loads of the unit go ahead on cached aggregates; inside another unit, that unit's counts. */
  readonly trusted?: TrustedAggregates | undefined;
  /** The turn that the caller has at a stream, which spares the unit any waiting. */
  readonly turn?: Turn | undefined;
}

const NOTHING: WorkOptions = {};

/** Knows the unit of work that the running code is in, across awaits, and opens and ends units. */
export class WorkContext {
  readonly #storage = new AsyncLocalStorage<Work>();
  /** Of all who work here and lost a race for a stream. */
  readonly turns = new StreamTurns();

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
   * @throws StaleAggregates when one of those was not current, whatever `body` did; nothing is stored then.
   */
  async run<T>(body: () => T | Promise<T>, { cause, signal, trusted, turn }: WorkOptions = NOTHING): Promise<T> {
    const outer = this.current;
    const unit = outer?.unit ?? new UnitOfWork(this.parts, { trusted, turn });
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
    } finally {
      if (outer === undefined) unit.passTurn();
    }
  }

  /** Before a load: waits where others of this process take turns at the stream, so as not to lose to them. */
  lineUp(unit: UnitOfWork, stream: string): Answer<void> {
    if (this.turns.isTaken(stream)) return unit.lineUp(stream, this.turns, this.current?.signal);
  }
}
