import { DeserializationError } from "../../errors/deserialization-error";
import type { ProcessManagerModel } from "../../model/process-manager-model";
import type { StoredState } from "../../ports/state-store";
import type { Timer } from "../../ports/timer-store";
import type { ParkedError } from "../../subscriptions/failures/parked-record";
import type { StoredProcess } from "../stored-process";

/** How an instance of a process manager is: what `domain.processes()` lists. */
export interface ProcessStatus {
  /** The name of the process manager: `FundsTransfer`. */
  readonly process: string;
  readonly id: string;
  /** Where its timers and the refusals of its commands are recorded: `fidelis::funds_transfer-t-7`. */
  readonly stream: string;
  /** `awaiting`: it has not started, and keeps events until it does. `ended`: it is told of nothing any more. */
  readonly status: StoredProcess["status"];
  /** How many steps it has made: events, timers and refusals that one of its methods was called for. */
  readonly steps: number;
  /** When the event that started it was stored; undefined where it has not started. */
  readonly startedAt?: Date;
  /** When what it was told of last was stored. */
  readonly changedAt: Date;
  readonly endedAt?: Date;
  /** The timers that are set, the earliest first. */
  readonly timers: readonly TimerOfProcess[];
  /** How many events are kept for it until it starts. */
  readonly waiting: number;
  /** How many of the commands that it has issued wait, are under way or are parked; 1,000 stands for that many and more. */
  readonly commands: number;
  /** Why it is set aside: it is told of nothing until somebody retries or skips its key. See `domain.parked()`. */
  readonly parked?: ParkedError;
}

/** A timer that an instance has set. */
export interface TimerOfProcess {
  readonly name: string;
  readonly dueAt: Date;
}

/** What else is known of an instance beside its state. */
interface Surroundings {
  readonly timers: readonly Timer[];
  readonly commands: number;
  readonly parked: ParkedError | undefined;
}

/** Returns the id of the instance whose stream this is. */
export function processIdOf(stream: string, category: string): string {
  return stream.slice(category.length + 1);
}

/** Says how an instance is. */
export function processStatus(
  { name: process, category }: Pick<ProcessManagerModel, "name" | "category">,
  { stream }: Pick<StoredState, "stream">,
  { status, steps, startedAt, changedAt, endedAt, kept = [] }: StoredProcess,
  { timers, commands, parked }: Surroundings,
): ProcessStatus {
  return {
    process,
    id: processIdOf(stream, category),
    stream,
    status,
    steps,
    ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
    changedAt: new Date(changedAt),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt) }),
    timers: timers.map(({ name, dueAt }) => ({ name, dueAt: new Date(dueAt) })),
    waiting: kept.length,
    commands,
    ...(parked !== undefined && { parked }),
  };
}

/** @throws DeserializationError for a state that is no JSON. */
export function storedProcess({ stream, version, data }: StoredState): StoredProcess {
  try {
    return JSON.parse(data) as StoredProcess;
  } catch (cause) {
    throw new DeserializationError({ stream, position: version, reason: "its state is not valid JSON" }, cause);
  }
}
