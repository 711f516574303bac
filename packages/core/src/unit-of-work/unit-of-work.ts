import type { Clock } from "../elements/clock";
import type { Class } from "../metadata/class-types";
import { type Answer, answered } from "../ports/answer";
import type { AppendedStream, AppendRequest } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { Operation } from "../ports/operations";
import { type Append, appendReacting } from "./append-reacting";
import type { Participant } from "./participant";

export interface UnitOfWorkParts {
  readonly adapter: Pick<EventStoreAdapter, "log" | "operations">;
  readonly clock: Clock;
}

const NOTHING: readonly AppendedStream[] = [];

/** Work whose results are stored together: everything in one transaction, or nothing. */
export class UnitOfWork {
  readonly #participants: Participant[] = [];
  /** The unit's own participants by their classes, one behind the other: there are a few at most. */
  readonly #own: (Class | Participant)[] = [];
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
    this.#own.push(type, participant);
    return participant;
  }

  /** The unit's own participant of a class; undefined where there is none. */
  find<T extends Participant>(type: Class<T>): T | undefined {
    const own = this.#own;
    for (let index = 0; index < own.length; index += 2) if (own[index] === type) return own[index + 1] as T;
    return undefined;
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
  commit(): Answer<readonly AppendedStream[]> {
    this.#isEnded = true;
    if (this.#failure !== undefined) throw this.#failure.error;
    const participants = this.#participants;
    for (const participant of participants) participant.check?.();
    const now = this.parts.clock.now().getTime();
    const requests: AppendRequest[] = [];
    const also: Operation[] = [];
    for (const participant of participants) {
      if (participant.requests !== undefined) for (const one of participant.requests(now)) requests.push(one);
      if (participant.also !== undefined) for (const one of participant.also(now)) also.push(one);
    }
    return inTurn(
      participants,
      (participant) => participant.confirm?.(requests),
      () => this.#stored({ requests, also, now }),
    );
  }

  #stored(append: Append): Answer<readonly AppendedStream[]> {
    const { requests, also } = append;
    if (requests.length === 0 && also.length === 0) return NOTHING;
    this.#requests = requests;
    const commit = () => this.#store(append);
    const surrounding = this.#participants.find(({ surround }) => surround !== undefined);
    let storing: Answer<readonly AppendedStream[]>;
    const failed = (thrown: unknown): never => {
      const error = this.#explained(thrown);
      for (const participant of this.#participants) participant.failed?.(error);
      throw error;
    };
    try {
      storing = surrounding?.surround === undefined ? commit() : surrounding.surround(commit);
    } catch (error) {
      return failed(error);
    }
    return storing instanceof Promise
      ? storing.then((appended) => this.#committed(appended), failed)
      : this.#committed(storing);
  }

  #committed(appended: readonly AppendedStream[]): Answer<readonly AppendedStream[]> {
    return inTurn(
      this.#participants,
      (participant) => participant.committed?.(appended),
      () => appended,
    );
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

  #store(append: Append): Answer<readonly AppendedStream[]> {
    const { log, operations } = this.parts.adapter;
    const { requests, also } = append;
    if (requests.length === 0) return answered(operations?.flush(also), () => NOTHING);
    const reacting = this.#participants.filter(({ react }) => react !== undefined);
    if (reacting.length > 0) return appendReacting(log, append, reacting, (error) => this.#explained(error));
    return log.append(requests, also.length === 0 ? undefined : { also });
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

/** Calls something of each participant, one after the other, and then the rest; at once where nobody has to be waited for. */
function inTurn<T>(
  participants: readonly Participant[],
  call: (participant: Participant) => Answer<void> | undefined,
  rest: () => Answer<T>,
): Answer<T> {
  for (let index = 0; index < participants.length; index++) {
    const answer = call(participants[index]!);
    if (answer instanceof Promise) return inTurnFrom(index + 1, answer, participants, call).then(rest);
  }
  return rest();
}

async function inTurnFrom(
  start: number,
  first: Promise<void>,
  participants: readonly Participant[],
  call: (participant: Participant) => Answer<void> | undefined,
): Promise<void> {
  await first;
  for (let index = start; index < participants.length; index++) {
    const answer = call(participants[index]!);
    if (answer instanceof Promise) await answer;
  }
}
