import { randomUUID } from "node:crypto";
import type { ProcessManagerModel } from "../model/process-manager-model";
import type { QueueTime } from "../ports/command-queue";
import type { StoredMessage } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import type { ProcessEvent } from "./process-event";
import type { ProcessStep } from "./process-step";

/** One step of an instance: the data of the event that a process manager with a history records. */
export interface ProcessMovedData {
  /** The number of the step, from 1. */
  readonly step: number;
  /** The method that was called: `FundsTransfer.asked`. */
  readonly method: string;
  /** The event that it was called for. */
  readonly cause: { readonly eventId: string; readonly type: string; readonly globalPosition: number };
  /** What has become of the instance. */
  readonly status: "running" | "ended";
  /** The state as the shape encodes it; absent where it has ended. */
  readonly state?: object;
  /** The commands that were issued. */
  readonly commands: readonly { readonly id: string; readonly type: string }[];
  /** The timers that were set, and those that were cancelled. */
  readonly timers: {
    readonly set: readonly { readonly name: string; readonly due: QueueTime }[];
    readonly cancelled: readonly string[];
  };
}

interface Movement {
  readonly event: ProcessEvent;
  readonly step: ProcessStep;
  /** JSON text. */
  readonly metadata: string;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
}

/**
 * Makes the event that records a step. Its id is a new one each time: by that the store tells a repeated flush from one of a server that
 * has lost the instance to another.
 */
export function movedEvent({ types }: ProcessManagerModel, { event, step, metadata, time }: Movement): StoredMessage {
  const { process, place, commands, timers } = step;
  const { eventId, type, globalPosition } = event;
  const data: ProcessMovedData = {
    step: process!.steps,
    method: place!,
    cause: { eventId, type, globalPosition },
    status: step.ends ? "ended" : "running",
    ...(process!.state !== undefined && { state: process!.state }),
    commands: commands.map(({ id, model }) => ({ id, type: model.name })),
    timers: {
      set: timers.flatMap((change) => (change.kind === "set" ? [{ name: change.name, due: change.due }] : [])),
      cancelled: timers.flatMap((change) => (change.kind === "cancelled" ? [change.name] : [])),
    },
  };
  return { id: randomUUID(), type: types.moved, time, data: exactJson(data), metadata };
}
