import { AsyncLocalStorage } from "node:async_hooks";
import { type Cause, causeOf } from "../causation/cause";
import { handledEvent } from "../causation/handled-event";
import { type IdGenerator, isInForce, withAggregateIds } from "../elements/id-generator";
import { type Answer, answered, ending } from "../ports/answer";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { RecordedMessage } from "../ports/stored-message";
import type { Committed } from "./committed";
import { UnitOfWork, type UnitOfWorkParts } from "./unit-of-work";
import { WorksUnderWay } from "./works-under-way";

/** The unit that code runs in, and what caused it. */
export interface Work {
  readonly unit: UnitOfWork;
  readonly cause: Cause;
  /** Gives up the command that the unit is for, where that has a limit. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the unit is an attempt that is made again where it used a state that was not current. */
  readonly mayTrust: boolean;
  /** Makes the error for whatever would be stored from here; absent where it may be. */
  readonly refusal?: (() => Error) | undefined;
}

interface WorkOptions {
  /** What caused the events added; where absent, the cause of the unit or of the event handler around it. */
  readonly cause?: Cause | undefined;
  /** Gives up the work; inside another unit, that unit's signal where absent. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the unit is an attempt that is made again after a StaleAttempt; inside another unit, that one decides. */
  readonly mayTrust?: boolean | undefined;
  /** Called with a unit that is opened, before the body runs. Inside another unit nothing is opened. */
  readonly opened?: ((unit: UnitOfWork) => void) | undefined;
  /**
   * Called after the commit with the highest global position of the unit's events, and what gives the events. Inside another unit nothing
   * is committed.
   */
  readonly committed?: Committed | undefined;
}

interface UnitsOfWorkParts extends UnitOfWorkParts {
  readonly ids: IdGenerator;
  /** Called with each unit that is opened, before anything takes part in it. */
  readonly opened?: ((unit: UnitOfWork) => void) | undefined;
}

const NOTHING: WorkOptions = {};

/** A work, whose it is, and the work of another domain that it runs inside of. */
interface RunningWork extends Work {
  /** Undefined for the commit of a unit: nothing can take part in that any more. */
  readonly units: UnitsOfWork | undefined;
  readonly outside: RunningWork | undefined;
}

/**
 * One storage for all domains of the process. Up to Node 22, every storage that was ever used costs time with each new
 * promise, also when its domain is long gone: tests that make a thousand domains would slow down to a crawl.
 */
const running = new AsyncLocalStorage<RunningWork>();

/** Returns the innermost unit of work that the running code is in, of whatever domain; undefined outside of a unit. */
export function currentUnit(): UnitOfWork | undefined {
  let work = running.getStore();
  while (work !== undefined && work.units === undefined) work = work.outside;
  return work?.unit;
}

/** Returns what gives up the command that the running code works for, of whatever domain; undefined without a limit. */
export function currentSignal(): AbortSignal | undefined {
  let work = running.getStore();
  while (work !== undefined && work.signal === undefined) work = work.outside;
  return work?.signal;
}

/** Knows the unit of work that the running code is in, across awaits, and opens and ends units. */
export class UnitsOfWork {
  /** What the end of the domain waits for. */
  readonly underWay = new WorksUnderWay(() => this.isInside || handledEvent() !== undefined);
  #position = 0;
  #commitListener: ((globalPosition: number) => void) | undefined;

  constructor(private readonly parts: UnitsOfWorkParts) {}

  /** What the running code works in; undefined outside of a unit. */
  get current(): Work | undefined {
    const work = running.getStore();
    return work === undefined ? undefined : this.#ofThis(work);
  }

  /** True for code that runs in a unit of work which has not ended yet. */
  get isInside(): boolean {
    return this.current?.unit.isEnded === false;
  }

  /** The highest global position that a unit has appended; 0 before the first append. */
  get position(): number {
    return this.#position;
  }

  /** Calls `listener` after each commit that appended events, with the highest of their global positions. There is one at most. */
  onCommit(listener: (globalPosition: number) => void): void {
    this.#commitListener = listener;
  }

  /**
   * Runs `body` in a unit of work and commits the unit when `body` returns; inside another unit it joins that one.
   * When `body` throws, nothing that was added is stored, by the outer unit neither.
   *
   * @param args for `body`.
   */
  run<T, A extends unknown[]>(
    body: (...args: A) => Answer<T>,
    { cause, signal, mayTrust = false, opened, committed }: WorkOptions = NOTHING,
    ...args: A
  ): Answer<T> {
    const { ids } = this.parts;
    const outside = running.getStore();
    const outer = outside === undefined ? undefined : this.#ofThis(outside);
    if (outer?.refusal !== undefined) throw outer.refusal();
    const unit = outer?.unit ?? new UnitOfWork(this.parts);
    const work: RunningWork = {
      units: this,
      outside,
      unit,
      cause: cause ?? outer?.cause ?? handledEvent()?.cause ?? causeOf(ids.next()),
      signal: signal ?? outer?.signal,
      mayTrust: outer === undefined ? mayTrust : outer.mayTrust,
    };
    if (outer === undefined) {
      this.parts.opened?.(unit);
      opened?.(unit);
    }
    const isOpener = outer === undefined;
    const failed = (error: unknown): Answer<never> => {
      unit.fail(error);
      if (!isOpener) throw error;
      return ending(
        () => answered(unit.judged(error), throwing),
        () => unit.end(),
      );
    };
    let made: Answer<T>;
    try {
      // With the default generator, which is nearly everywhere, there are no ids to carry across awaits.
      made = isInForce(ids)
        ? running.run(work, body, ...args)
        : withAggregateIds(ids, () => running.run(work, body, ...args));
    } catch (error) {
      return failed(error);
    }
    const done = isOpener ? (result: T) => this.#conclude(work, result, committed, failed) : undefined;
    if (made instanceof Promise) return made.then(done, failed);
    return done === undefined ? made : done(made);
  }

  /**
   * Runs `body` where nothing can be stored. What it loads is the same instance each time, as in a unit of work.
   *
   * @param refusal makes the error for what would be stored: by a command, a unit of work, or the save of an aggregate.
   */
  async reading<T>(body: () => Answer<T>, refusal: () => Error): Promise<T> {
    const outer = this.current;
    const unit = new UnitOfWork(this.parts);
    const cause = outer?.cause ?? causeOf(this.parts.ids.next());
    try {
      return await running.run(
        { units: this, outside: running.getStore(), unit, cause, signal: outer?.signal, mayTrust: false, refusal },
        body,
      );
    } finally {
      unit.end();
    }
  }

  /** Notes an append: what this process has written is known before the store has settled it. @returns its last global position; 0 without. */
  noteAppended(appended: readonly AppendedStream[]): number {
    let last = 0;
    for (const { globalPosition } of appended) if (globalPosition > last) last = globalPosition;
    if (last === 0) return last;
    if (last > this.#position) this.#position = last;
    this.#commitListener?.(last);
    return last;
  }

  /** Commits the unit that a work has opened, and ends it. @returns the result of the work. */
  #conclude<T>(
    work: RunningWork,
    result: T,
    committed: Committed | undefined,
    failed: (error: unknown) => Answer<never>,
  ): Answer<T> {
    const { unit, signal } = work;
    const commit = () => unit.commit();
    const done = (appended: readonly AppendedStream[]): Answer<T> => {
      try {
        const last = this.noteAppended(appended);
        if (last > 0) committed?.(last, () => recordedMessages(unit.requests, appended));
      } catch (error) {
        return failed(error);
      }
      unit.end();
      return result;
    };
    let committing: Answer<readonly AppendedStream[]>;
    try {
      // What gives up the command ends the wait for a store that is away.
      committing = signal === undefined ? commit() : running.run({ ...work, units: undefined }, commit);
    } catch (error) {
      return failed(error);
    }
    return committing instanceof Promise ? committing.then(done, failed) : done(committing);
  }

  #ofThis(innermost: RunningWork): RunningWork | undefined {
    let work: RunningWork | undefined = innermost;
    while (work !== undefined && work.units !== this) work = work.outside;
    return work;
  }
}

function throwing(error: unknown): never {
  throw error;
}

/** The events of a unit. Of each stream the last one alone has its own global position: the others have that of the last. */
function recordedMessages(
  requests: readonly AppendRequest[],
  appended: readonly AppendedStream[],
): readonly RecordedMessage[] {
  return requests.flatMap(({ stream, category, messages }, index) => {
    const { version, globalPosition } = appended[index]!;
    const first = version - messages.length + 1;
    return messages.map((message, at) => ({ ...message, stream, category, position: first + at, globalPosition }));
  });
}
