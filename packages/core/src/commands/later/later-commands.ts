import { deterministicId } from "../../elements/deterministic-id";
import { CommandCancelledError } from "../../errors/command-cancelled-error";
import { CommandStateError } from "../../errors/command-state-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../../errors/object-not-found-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { checkEventSize } from "../../event-store/event-size";
import type { CommandModel } from "../../model/command-model";
import type { NewQueueEntry, QueueEntry, QueueTime } from "../../ports/command-queue";
import type { OperationStores } from "../../ports/operation-stores";
import type { Enqueue } from "../../ports/operations";
import type { UnitsOfWork } from "../../unit-of-work/units-of-work";
import type { CommandProcessor, ProcessOptions } from "../command-processor";
import { type AwaitedResults, notInQueue } from "./awaited-result";
import type { CommandHandle, ResultOptions } from "./command-handle";
import { encodedCommand } from "./command-in-queue";
import { EntriesOfUnit } from "./entries-of-unit";
import {
  checkKey,
  checkLaterOptions,
  type LaterOptions,
  refuseOptionsOfLater,
  refuseOptionsOfNow,
  type ScheduleOptions,
} from "./later-options";
import type { QueueClock } from "./queue-clock";
import type { QueueSigns } from "./queue-signs";
import { queueTimeOf } from "./queue-time";
import { isRunning, queuedCommandStatus } from "./queued-command-status";
import { rejectionReason } from "./rejection";

interface LaterCommandsParts {
  /** The name of the domain. */
  readonly domain: string;
  readonly processor: CommandProcessor;
  readonly units: UnitsOfWork;
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
  readonly clock: QueueClock;
  readonly signs: QueueSigns;
  readonly results: AwaitedResults;
  /** The lanes that servers can run. */
  readonly lanes: readonly string[];
  /** Whether commands run later where neither their caller nor their class says. */
  readonly byDefault: boolean;
  readonly maxEventBytes: number;
  /** Adds the trace in which a command is put into the queue to its metadata: telemetry. */
  readonly traced: (metadata: string) => string;
  /** Whether this process has claimed a command. */
  readonly isInHand: (id: string) => boolean;
  /** Takes a command out of the queue. @throws ObjectNotFoundError, CommandStateError */
  readonly cancel: (id: string) => Promise<unknown>;
}

/** How a command is put into the queue. */
interface Entering extends LaterOptions {
  readonly due: QueueTime;
  readonly id?: string;
  readonly scheduledAs?: string;
  readonly replaces?: boolean;
}

/** Several calls may be about the same key at the same time: each looks again, so many times. */
const ATTEMPTS = 10;

/** Puts commands into the queue, for a server to carry out, and finds them again. */
export class LaterCommands {
  constructor(private readonly parts: LaterCommandsParts) {}

  /**
   * Whether `process` puts a command into the queue.
   * @throws IncorrectUsageError for what is no registered command, and for options that do not go with what it does.
   */
  isLater(command: object, options: ProcessOptions | undefined): boolean {
    const { processor, byDefault } = this.parts;
    const model = processor.modelOf(command);
    const isLater = options?.asynchronous ?? model.asynchronous ?? byDefault;
    if (options !== undefined) (isLater ? refuseOptionsOfNow : refuseOptionsOfLater)(model.name, options);
    return isLater;
  }

  /**
   * Stores a command, to be carried out as soon as a worker is free: at once, or with the unit of work that the code runs in.
   * @throws IncorrectUsageError, ValidationError for an option that is not valid; StoreUnavailableError
   */
  async process(command: object, options: LaterOptions): Promise<CommandHandle> {
    return await this.#enter(command, { ...options, due: this.parts.clock.after(0) });
  }

  /**
   * Stores a command, to be carried out at its time. With a key it takes the place of the one that waits under it.
   * @throws IncorrectUsageError, ValidationError for an option that is not valid; StoreUnavailableError
   */
  async schedule(command: object, { key, ...options }: ScheduleOptions): Promise<CommandHandle> {
    const { name } = this.parts.processor.modelOf(command);
    const due = this.parts.clock.of(queueTimeOf(options, name));
    if (key === undefined) return await this.#enter(command, { ...options, due });
    checkKey(key, "key", name);
    for (let attempt = 1; ; attempt++) {
      const id = await this.#idToSchedule(key);
      try {
        return await this.#enter(command, { ...options, due, id, scheduledAs: key, replaces: true });
      } catch (error) {
        // A worker has claimed the one that was to be replaced.
        if (!(error instanceof OperationConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Takes the command out of the queue that waits under a key.
   * @returns whether one did.
   * @throws ValidationError for a key that no store could keep; StoreUnavailableError
   */
  async unschedule(key: string): Promise<boolean> {
    checkKey(key, "key");
    let isRemoved = false;
    for (const id of this.#idsOfKey(key)) if (await this.#removeWaiting(id)) isRemoved = true;
    return isRemoved;
  }

  /** Gives the handle of a command, which need not be in the queue. @throws ValidationError for an id that no store could keep. */
  handle(id: string): CommandHandle {
    checkKey(id, "id");
    const { units, operations, clock, results, cancel } = this.parts;
    return {
      id,
      position: String(units.position),
      status: async () => {
        const entry = await operations().commandQueue.find(id);
        if (entry === undefined) throw notInQueue(id, "to tell the status of");
        return queuedCommandStatus(entry, clock.about);
      },
      result: async (options: ResultOptions = {}) => {
        if (units.isInside)
          throw new IncorrectUsageError(
            `Cannot wait for the result of command ${JSON.stringify(id)} in a unit of work: what the unit puts into the queue is stored when it ends`,
            { id },
          );
        return await results.of(id, options);
      },
      cancel: async () => await this.#isCancelled(id, cancel),
    };
  }

  async #isCancelled(id: string, cancel: LaterCommandsParts["cancel"]): Promise<boolean> {
    const unit = this.#unit();
    if (unit?.find(EntriesOfUnit)?.find(id) !== undefined) return await this.#removeWaiting(id);
    try {
      await cancel(id);
      return true;
    } catch (error) {
      if (error instanceof CommandStateError || error instanceof ObjectNotFoundError) return false;
      throw error;
    }
  }

  async #enter(command: object, entering: Entering): Promise<CommandHandle> {
    const { processor, units, operations, signs, lanes, maxEventBytes } = this.parts;
    const { id: given, correlationId, due, deadline, priority = 0, lane = "default", replaces = false } = entering;
    const model = processor.modelOf(command);
    checkLaterOptions(model.name, entering, lanes);
    const identified = processor.identify(command, correlationId, given);
    const id = identified.cause.causationId as string;
    const data = this.#dataOf(identified, entering);
    checkEventSize(data, maxEventBytes, `the command ${model.name}`);
    const entry: NewQueueEntry = {
      id,
      lane,
      type: model.name,
      priority,
      number: 0,
      data,
      due,
      ...(deadline !== undefined && { expires: { at: deadline.getTime() } }),
    };
    const operation: Enqueue = { kind: "enqueue", entry, replaces };
    const unit = this.#unit();
    if (unit !== undefined) {
      operations();
      unit.participant(EntriesOfUnit).add(id, operation, () => signs.enqueued(lane));
    } else {
      const refusal = units.current?.refusal;
      if (refusal !== undefined) throw refusal();
      await operations().flush([operation]);
      signs.enqueued(lane);
    }
    return this.handle(id);
  }

  #dataOf(
    identified: {
      readonly command: object;
      readonly model: CommandModel;
      readonly cause: { readonly metadata: string };
    },
    { idempotencyKey, scheduledAs }: Entering,
  ): string {
    return encodedCommand(identified, this.parts.traced(identified.cause.metadata), {
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(scheduledAs !== undefined && { scheduledAs }),
      keepsResult: true,
    });
  }

  /** The unit of work that the running code is in, as long as something can take part in it. */
  #unit() {
    const { units } = this.parts;
    const work = units.current;
    if (work?.refusal !== undefined) throw work.refusal();
    return units.isInside ? work?.unit : undefined;
  }

  /** A key has two places in the queue: while a worker has the command of the one, its handler may schedule the next in the other. */
  #idsOfKey(key: string): readonly [string, string] {
    const { domain } = this.parts;
    return [deterministicId(domain, "scheduled", key, "0"), deterministicId(domain, "scheduled", key, "1")];
  }

  /** The place for a command under a key: that of the one that waits, or else one that no worker has. */
  async #idToSchedule(key: string): Promise<string> {
    const [first, second] = this.#idsOfKey(key);
    const unit = this.#unit()?.find(EntriesOfUnit);
    if (unit?.find(first) !== undefined) return first;
    if (unit?.find(second) !== undefined) return second;
    const [one, other] = [await this.#find(first), await this.#find(second)];
    if (this.#waits(one)) return first;
    if (this.#waits(other)) return second;
    return one !== undefined && this.#isRunning(one) ? second : first;
  }

  /** @returns whether a command waited under the id, and does so no more. */
  async #removeWaiting(id: string): Promise<boolean> {
    const { operations, signs } = this.parts;
    const unit = this.#unit();
    const entries = unit?.find(EntriesOfUnit);
    const added = entries?.find(id) !== undefined;
    if (added) entries?.remove(id);
    for (let attempt = 1; ; attempt++) {
      const entry = await this.#find(id);
      if (entry === undefined || !this.#waits(entry)) return added;
      const { type, revision: expected, attempts } = entry;
      const outcome = JSON.stringify({ error: rejectionReason(new CommandCancelledError({ id, command: type })) });
      const change = { state: "cancelled", attempts, outcome } as const;
      const operation = { kind: "settleEntry", id, expected, change } as const;
      const told = () => signs.settled({ id, type, ...change });
      if (unit !== undefined) {
        unit.participant(EntriesOfUnit).add(id, operation, told);
        return true;
      }
      try {
        await operations().flush([operation]);
        told();
        return true;
      } catch (error) {
        if (!(error instanceof OperationConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  async #find(id: string): Promise<QueueEntry | undefined> {
    return await this.parts.operations().commandQueue.find(id);
  }

  #isRunning(entry: QueueEntry): boolean {
    return this.parts.isInHand(entry.id) || isRunning(entry, this.parts.clock.about);
  }

  #waits(entry: QueueEntry | undefined): boolean {
    return entry !== undefined && (entry.state === "waiting" || entry.state === "parked") && !this.#isRunning(entry);
  }
}
