import type { Clock } from "../elements/clock";
import type { Class } from "../metadata/class-types";
import type { Answer } from "../ports/answer";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { Operation } from "../ports/operations";
import { appendReacting } from "./append-reacting";
import type { Participant } from "./participant";

export interface UnitOfWorkParts {
  readonly adapter: Pick<EventStoreAdapter, "log" | "operations">;
  readonly clock: Clock;
}

const NOTHING: readonly AppendedStream[] = [];

/** Work whose results are stored together: everything in one transaction, or nothing. */
export class UnitOfWork {
  readonly #participants: Participant[] = [];
  #byClass: Map<Class, Participant> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isEnded = false;
  #requests: readonly AppendRequest[] = [];

  constructor(private readonly parts: UnitOfWorkParts) {}

  /** Whether its commit has started, or it was given up: nothing can take part in it any more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Adds a participant behind those that are there. */
  enlist(participant: Participant): void {
    this.#participants.push(participant);
  }

  /** The unit's own participant of a class, made and enlisted at its first use. */
  participant<T extends Participant>(type: new () => T): T {
    return this.find(type) ?? this.enlistAs(type, new type());
  }

  /** Enlists a participant that `find` gives back for its class. */
  enlistAs<T extends Participant>(type: Class<T>, participant: T): T {
    this.enlist(participant);
    this.#byClass ??= new Map();
    this.#byClass.set(type, participant);
    return participant;
  }

  /** The unit's own participant of a class; undefined where there is none. */
  find<T extends Participant>(type: Class<T>): T | undefined {
    return this.#byClass?.get(type) as T | undefined;
  }

  /** Notes that something inside failed and may have left aggregates half changed: the unit can no longer be committed. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /**
   * Stores what its participants have, in one transaction.
   *
   * @returns where the streams end that it appended to.
   * @throws ExpectedVersionError when one of the streams moved on; nothing is stored then.
   */
  async commit(): Promise<readonly AppendedStream[]> {
    this.#isEnded = true;
    if (this.#failure !== undefined) throw this.#failure.error;
    const participants = this.#participants;
    for (const participant of participants) participant.check?.();
    const now = this.parts.clock.now().getTime();
    const requests: AppendRequest[] = [];
    const also: Operation[] = [];
    for (const participant of participants) {
      if (participant.requests !== undefined) requests.push(...participant.requests(now));
      if (participant.also !== undefined) also.push(...participant.also(now));
    }
    for (const participant of participants) {
      const confirmed = participant.confirm?.(requests);
      if (confirmed instanceof Promise) await confirmed;
    }
    if (requests.length === 0 && also.length === 0) return NOTHING;
    this.#requests = requests;
    const commit = () => this.#store(requests, also, now);
    const surrounding = participants.find(({ surround }) => surround !== undefined);
    let appended: readonly AppendedStream[];
    try {
      appended = await (surrounding?.surround === undefined ? commit() : surrounding.surround(commit));
    } catch (error) {
      for (const participant of participants) participant.failed?.(error);
      throw error;
    }
    for (const participant of participants) {
      const done = participant.committed?.(appended);
      if (done instanceof Promise) await done;
    }
    return appended;
  }

  /** What it has appended. */
  get requests(): readonly AppendRequest[] {
    return this.#requests;
  }

  /** Gives what a participant makes of an error that ends the unit; the error itself where none makes anything of it. */
  judged(error: unknown): Answer<unknown> {
    const judging = this.#participants.find(({ judged }) => judged !== undefined);
    return judging?.judged === undefined ? error : judging.judged(error);
  }

  /** Ends the unit, whether it was committed or not. */
  end(): void {
    this.#isEnded = true;
    for (const participant of this.#participants) participant.ended?.();
  }

  async #store(
    requests: readonly AppendRequest[],
    also: readonly Operation[],
    now: number,
  ): Promise<readonly AppendedStream[]> {
    const { log, operations } = this.parts.adapter;
    if (requests.length > 0) {
      const reacting = this.#participants.filter(({ react }) => react !== undefined);
      return await appendReacting(log, { requests, also, now }, reacting, (error) => this.#explained(error));
    }
    try {
      await operations?.flush(also);
    } catch (error) {
      throw this.#explained(error);
    }
    return NOTHING;
  }

  /** Gives what a participant says of an error of the store; the error itself where no participant does. */
  #explained(error: unknown): unknown {
    for (const participant of this.#participants) {
      const explained = participant.explain?.(error);
      if (explained !== undefined) return explained;
    }
    return error;
  }
}
