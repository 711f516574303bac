import type { Cause } from "../causation/cause";
import type { Clock } from "../elements/clock";
import type { CommandResult } from "../elements/command-result";
import { DeserializationError } from "../errors/deserialization-error";
import { DuplicateCommandError } from "../errors/duplicate-command-error";
import { checkEventSize } from "../event-store/event-size";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { StoredMessage, StreamRef } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";

/** A command with an idempotency key. */
export interface KeyedCommand {
  readonly type: string;
  readonly key: string;
  /** The stream of its record. */
  readonly stream: StreamRef;
  /** See `payloadHash`. */
  readonly payload: string;
  readonly result: CommandResult;
}

/** What the first command with a key returned. In an object, since that may be undefined. */
export interface FirstResult {
  readonly result: unknown;
}

/** The data of a record. Its type is the command's, its id the command's id. */
interface RecordData {
  readonly payload: string;
  readonly result?: unknown;
}

export interface CommandRecordsParts {
  readonly adapter: EventStoreAdapter;
  readonly clock: Clock;
  readonly maxEventBytes: number;
}

/**
 * What became of commands with an idempotency key: one message each, stored together with the command's events as the first of
 * a stream of its own, so that no second one can be.
 */
export class CommandRecords {
  constructor(private readonly parts: CommandRecordsParts) {}

  /**
   * What the first command with the key returned, stored or noted in a unit of work; undefined where there was none.
   * @throws DuplicateCommandError when that was another command, or had another payload.
   */
  async find(keyed: KeyedCommand, unit?: UnitOfWork): Promise<FirstResult | undefined> {
    const message = unit?.recorded(keyed.stream) ?? (await this.parts.adapter.log.readLast(keyed.stream));
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

  /**
   * Notes in a unit of work what a command returned.
   * @throws IncorrectUsageError for a result that cannot be stored; DuplicateCommandError when two commands with the key run
   *   in the unit at once.
   */
  note(keyed: KeyedCommand, result: unknown, cause: Cause, unit: UnitOfWork): void {
    const { type, key, stream, payload } = keyed;
    const other = unit.recorded(stream);
    if (other !== undefined) throw new DuplicateCommandError({ command: type, idempotencyKey: key, first: other.type });
    const json = keyed.result.encode(result);
    const data = exactJson({ payload, ...(json !== undefined && { result: json }) } satisfies RecordData);
    checkEventSize(data, this.parts.maxEventBytes, `the result of ${type}`);
    const time = this.parts.clock.now().getTime();
    unit.record(stream, { id: cause.causationId as string, type, time, data, metadata: cause.metadata });
  }
}

function dataOf({ data }: StoredMessage, stream: string): RecordData {
  try {
    return JSON.parse(data) as RecordData;
  } catch (cause) {
    throw new DeserializationError({ stream, position: 0, reason: "its data is not valid JSON" }, cause);
  }
}
