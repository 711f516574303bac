import type { Cause } from "../causation/cause";
import type { Clock } from "../elements/clock";
import { DeserializationError } from "../errors/deserialization-error";
import { DuplicateCommandError } from "../errors/duplicate-command-error";
import { ExpectedVersionError } from "../errors/expected-version-error";
import { checkEventSize } from "../event-store/event-size";
import type { Answer } from "../ports/answer";
import type { AppendRequest, EventLog } from "../ports/event-log";
import type { StoredMessage, StreamRef } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import type { Participant } from "../unit-of-work/participant";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { KeyedCommand } from "./keyed-command";

/** What the first command with a key returned. In an object, because that may be undefined. */
interface FirstResult {
  readonly result: unknown;
}

/** The data of a record. Its type is the command's, its id the command's id. */
interface RecordData {
  readonly payload: string;
  readonly result?: unknown;
}

interface CommandRecordsParts {
  readonly log: Pick<EventLog, "readLast">;
  /** The log that answers at once or fails: who has just waited for a store that is away does not wait once more. */
  readonly askedOnce: Pick<EventLog, "readLast">;
  readonly clock: Clock;
  readonly maxEventBytes: number;
}

/**
 * The records of commands with an idempotency key: one message each, stored together with the command's events as the first
 * of a stream of its own, so that no second one can be stored.
 */
export class CommandRecords {
  constructor(private readonly parts: CommandRecordsParts) {}

  /**
   * Carries a command out, unless a command with its key was carried out before: then its result is given.
   * @param outer the unit of work that the command is processed in, of another command or by hand.
   * @throws DuplicateCommandError when that was another command, or had another payload.
   */
  async once(keyed: KeyedCommand, outer: UnitOfWork | undefined, carry: () => Answer<unknown>): Promise<unknown> {
    const first = await this.#find(keyed, outer);
    return first === undefined ? await carry() : first.result;
  }

  /**
   * Makes an attempt to carry a command out. When it fails, for whatever reason, and the same command was stored meanwhile,
   * its result is given: only the repetition has failed.
   */
  async unlessStored(
    keyed: KeyedCommand,
    outer: UnitOfWork | undefined,
    attempt: () => Answer<unknown>,
  ): Promise<unknown> {
    try {
      return await attempt();
    } catch (error) {
      const first = await this.#find(keyed, undefined, this.parts.askedOnce).catch((reason: unknown) => {
        throw reason instanceof DuplicateCommandError ? reason : error;
      });
      if (first === undefined) throw error;
      if (outer === undefined) return first.result;
      // The unit around it has failed too: its next attempt finds the first result.
      throw new ExpectedVersionError({ stream: keyed.stream.stream, expected: -1, actual: 0 });
    }
  }

  /**
   * Notes in a unit of work what a command returned.
   * @throws IncorrectUsageError for a result that cannot be stored; DuplicateCommandError when two commands with the key run
   *   in the unit at once.
   */
  note(keyed: KeyedCommand, result: unknown, cause: Cause, unit: UnitOfWork): void {
    const { type, key, stream, payload } = keyed;
    const records = unit.participant(RecordsOfUnit);
    const other = records.find(stream);
    if (other !== undefined) throw new DuplicateCommandError({ command: type, idempotencyKey: key, first: other.type });
    const json = keyed.result.encode(result);
    const data = exactJson({ payload, ...(json !== undefined && { result: json }) } satisfies RecordData);
    checkEventSize(data, this.parts.maxEventBytes, `the result of ${type}`);
    const time = this.parts.clock.now().getTime();
    records.add(stream, { id: cause.causationId as string, type, time, data, metadata: cause.metadata });
  }

  /** @returns what the first command with the key returned, stored or noted in a unit of work; undefined where there was none. */
  async #find(
    keyed: KeyedCommand,
    unit: UnitOfWork | undefined,
    log = this.parts.log,
  ): Promise<FirstResult | undefined> {
    const message = unit?.find(RecordsOfUnit)?.find(keyed.stream) ?? (await log.readLast(keyed.stream));
    if (message === undefined) return undefined;
    const { payload, result } = dataOf(message, keyed.stream.stream);
    if (message.type === keyed.type && payload === keyed.payload) return { result: keyed.result.decode(result) };
    throw new DuplicateCommandError({
      command: keyed.type,
      idempotencyKey: keyed.key,
      first: message.type,
      firstCommandId: message.id,
    });
  }
}

/** The records that a unit of work is going to store, by stream: one message each, of a stream that does not exist yet. */
class RecordsOfUnit implements Participant {
  readonly #requests = new Map<string, AppendRequest>();

  add(ref: StreamRef, message: StoredMessage): void {
    this.#requests.set(ref.stream, { ...ref, expectedVersion: -1, messages: [message] });
  }

  find({ stream }: StreamRef): StoredMessage | undefined {
    return this.#requests.get(stream)?.messages[0];
  }

  requests(): readonly AppendRequest[] {
    return [...this.#requests.values()];
  }
}

function dataOf({ data }: StoredMessage, stream: string): RecordData {
  try {
    return JSON.parse(data) as RecordData;
  } catch (cause) {
    throw new DeserializationError({ stream, position: 0, reason: "its data is not valid JSON" }, cause);
  }
}
