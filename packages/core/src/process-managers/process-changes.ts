import { type Cause, causeOfHandling, commandCause } from "../causation/cause";
import type { QueuedCommand } from "../commands/later/queued-command";
import { streamOf } from "../event-store/stream-names";
import type { ProcessManagerModel } from "../model/process-manager-model";
import type { QueueTime } from "../ports/command-queue";
import type { AppendRequest } from "../ports/event-log";
import type { Operation } from "../ports/operations";
import type { StoredMessage, StreamRef } from "../ports/stored-message";
import { exactJson } from "../schema/exact-json";
import type { Change } from "../subscriptions/reading/change";
import { movedEvent } from "./moved-event";
import type { ProcessEvent } from "./process-event";
import type { TimerData } from "./process-inputs";
import type { IssuedCommand, ProcessStep, TimerChange } from "./process-step";
import type { StoredProcess } from "./stored-process";

/** Turns the steps of one instance after the other into what is stored of them. */
export class ProcessChanges {
  readonly #operations: Operation[] = [];
  /** The last change of each timer, by its owner and name. */
  readonly #timers = new Map<string, Operation>();
  readonly #history = new Map<string, { readonly ref: StreamRef; readonly messages: StoredMessage[] }>();
  #commands = 0;

  constructor(
    private readonly model: ProcessManagerModel,
    /** The clock that the domain was given; the store's own one decides where absent. */
    private readonly now: (() => number) | undefined,
  ) {}

  /** Whether a timer is set. */
  get setsTimers(): boolean {
    for (const { kind } of this.#timers.values()) if (kind === "setTimer") return true;
    return false;
  }

  /** Whether a command is issued. */
  get issuesCommands(): boolean {
    return this.#commands > 0;
  }

  /** Adds what a step wants out. @throws DeserializationError for metadata that cannot be read. */
  add(id: string, event: ProcessEvent, step: ProcessStep): void {
    if (step.outcome !== "handled") return;
    const { name, category, history } = this.model;
    if (step.commands.length === 0 && step.timers.length === 0 && !history) return;
    const { eventId, type, metadata } = event;
    const cause = causeOfHandling({ eventId, type, handler: name }, metadata);
    const ref = streamOf(category, id);
    for (const command of step.commands) this.#issue(ref, command, cause);
    for (const change of step.timers)
      this.#timers.set(JSON.stringify([ref.stream, change.name]), this.#timer(ref, change, cause));
    if (!history) return;
    const recorded = this.#history.get(ref.stream) ?? { ref, messages: [] };
    this.#history.set(ref.stream, recorded);
    recorded.messages.push(
      movedEvent(this.model, { event, step, metadata: cause.metadata, time: this.now?.() ?? Date.now() }),
    );
  }

  /** Adds what has become of an instance. @param expectedVersion that of the stored state; -1 for none. */
  put(id: string, process: StoredProcess, expectedVersion: number): void {
    const state = { ...streamOf(this.model.category, id), version: expectedVersion + 1, data: exactJson(process) };
    this.#operations.push({ kind: "putState", state, expectedVersion });
  }

  /** All that is to be stored. */
  get all(): readonly Change[] {
    const requests: AppendRequest[] = Array.from(this.#history.values(), ({ ref, messages }) => ({ ...ref, messages }));
    return [
      ...this.#operations,
      ...this.#timers.values(),
      ...(requests.length > 0 ? [{ kind: "appendEvents" as const, requests }] : []),
    ];
  }

  #issue(ref: StreamRef, { id, command, model, number, priority, lane, expires }: IssuedCommand, outer: Cause): void {
    const { name: process, types } = this.model;
    const type = model.name;
    const queued: Omit<QueuedCommand, "metadata"> = {
      command: model.shape.encode({ ...command }),
      keepsResult: false,
      issuedBy: { process, ...ref, rejectedType: types.commandRejected },
    };
    this.#commands++;
    this.#operations.push({
      kind: "enqueue",
      entry: {
        id,
        lane,
        type,
        priority,
        line: ref.stream,
        number,
        data: withMetadata(queued, commandCause({ id, type }, outer).metadata),
        due: this.#moment({ afterMs: 0 }),
        ...(expires !== undefined && { expires: this.#moment(expires) }),
      },
    });
  }

  #timer({ stream, category }: StreamRef, change: TimerChange, { metadata }: Cause): Operation {
    const { name } = change;
    if (change.kind === "cancelled") return { kind: "removeTimer", owner: stream, name };
    const data: Omit<TimerData, "metadata"> = {
      timerId: change.timerId,
      process: this.model.name,
      stream,
      category,
      type: this.model.types.timerFired,
    };
    const timer = { owner: stream, name, data: withMetadata(data, metadata) };
    return { kind: "setTimer", timer, due: this.#moment(change.due) };
  }

  #moment(time: QueueTime): QueueTime {
    return "at" in time || this.now === undefined ? time : { at: this.now() + time.afterMs };
  }
}

/** Writes an object as JSON together with its metadata, which are JSON text already. */
function withMetadata(fields: object, metadata: string): string {
  return `${exactJson(fields).slice(0, -1)},"metadata":${metadata}}`;
}
