import { CommandCancelledError } from "../../../errors/command-cancelled-error";
import { CommandStateError } from "../../../errors/command-state-error";
import { IncorrectUsageError } from "../../../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../../../errors/object-not-found-error";
import { OperationConflictError } from "../../../errors/operation-conflict-error";
import { naturalNumber } from "../../../event-store/read-arguments";
import type { QueueEntry, QueueEntryState } from "../../../ports/command-queue";
import type { AppendedStream } from "../../../ports/event-log";
import type { EventStoreAdapter } from "../../../ports/event-store-adapter";
import type { OperationStores } from "../../../ports/operation-stores";
import type { EntryChange, SettleEntry } from "../../../ports/operations";
import type { NamedProcess, ProcessesNamed } from "../../../process-managers/operating/processes-named";
import { didYouMean } from "../../../wording/did-you-mean";
import { quoted } from "../../../wording/in-words";
import type { RejectionReason } from "../command-rejected";
import type { QueueClock } from "../queue-clock";
import type { QueueSigns } from "../queue-signs";
import type { QueuedCommand, QueuedOutcome } from "../queued-command";
import { isRunning, outcomeOf, type QueuedCommandStatus, queuedCommandStatus } from "../queued-command-status";
import { rejectedEvent } from "../rejected-event";
import { rejectionReason } from "../rejection";

/** Which commands are listed. */
export interface CommandsOptions {
  /** Only those in one of these states. One that a worker has is still `waiting` here. */
  readonly states?: readonly QueueEntryState[];
  readonly lanes?: readonly string[];
  /** Names of registered commands, `Withdraw`, or stored types, `Fidelis.Withdraw.v1`. */
  readonly types?: readonly string[];
  /** Only those that this instance of a process manager has issued. */
  readonly issuedBy?: NamedProcess;
  /** Where to go on: behind the command with this id, such as the last one of the list before. */
  readonly after?: string;
  /** How many at most; 100 where absent. */
  readonly limit?: number;
}

/** Who asks for something, and why. Both are kept. */
export interface AskOptions {
  readonly by?: string;
  readonly reason?: string;
}

interface QueuedCommandsParts {
  /** The stored types of registered commands, by their names. */
  readonly types: ReadonlyMap<string, string>;
  readonly named: ProcessesNamed;
  readonly adapter: Pick<EventStoreAdapter, "log">;
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
  readonly clock: QueueClock;
  readonly signs: QueueSigns;
  /** Called with what was appended. */
  readonly appended: (appended: readonly AppendedStream[]) => void;
}

const LIMIT = 100;
/** An entry that changes while somebody asks for something is looked at again, so many times. */
const ATTEMPTS = 5;

/** What operators see of commands that are carried out later, and what they ask for. */
export class QueuedCommands {
  constructor(private readonly parts: QueuedCommandsParts) {}

  /**
   * Lists commands in the order of their ids (by code points).
   * @throws IncorrectUsageError for a name that no process manager has, for one that no command has, and for a limit that is no whole number.
   */
  async list({
    limit = LIMIT,
    issuedBy,
    types,
    ...page
  }: CommandsOptions = {}): Promise<readonly QueuedCommandStatus[]> {
    naturalNumber("limit", limit);
    const line = issuedBy && this.parts.named.streamOf(issuedBy, "Cannot list the commands of");
    const { commandQueue } = this.parts.operations();
    const now = this.parts.clock.about;
    const entries = await commandQueue.list({
      ...page,
      limit,
      ...(types !== undefined && { types: types.map((type) => this.#typeOf(type)) }),
      ...(line !== undefined && { line }),
    });
    return entries.map((entry) => queuedCommandStatus(entry, now));
  }

  /**
   * Cancels a command that waits or is parked: it is not carried out. The process that has issued it is told so, as of a refusal, with a
   * CommandCancelledError for the reason.
   *
   * @throws ObjectNotFoundError for one that is not in the queue; CommandStateError for one that a worker has, and for one that is finished.
   */
  async cancel(id: string, asked: AskOptions = {}): Promise<QueuedCommandStatus> {
    return await this.#change("cancel", id, async (entry) => {
      const { clock, signs } = this.parts;
      if (isRunning(entry, clock.about)) throw underWay(entry);
      if (isFinished(entry)) throw refused("cancel", entry, `it is finished: ${entry.state}`);
      const { type, attempts } = entry;
      const reason = rejectionReason(new CommandCancelledError({ id, command: type, ...asked }));
      const outcome: QueuedOutcome = { error: reason, ...asked };
      const change = { state: "cancelled", attempts, outcome: JSON.stringify(outcome) } as const;
      await this.#settle(entry, change, reason);
      signs.settled({ id, type, ...change });
    });
  }

  /**
   * Lets a parked command wait again: it is due at once, and its attempts are counted from 0.
   *
   * @throws ObjectNotFoundError for one that is not in the queue; CommandStateError for one that is not parked.
   */
  async retry(id: string, asked: AskOptions = {}): Promise<QueuedCommandStatus> {
    return await this.#change("retry", id, async (entry) => {
      const { operations, clock, signs } = this.parts;
      if (entry.state !== "parked")
        throw refused("retry", entry, `it is not parked, but ${queuedCommandStatus(entry, clock.about).state}`);
      const { error } = outcomeOf(entry);
      const outcome: QueuedOutcome = { ...(error && { error }), ...asked };
      const due = clock.after(0);
      const change = { state: "waiting", attempts: 0, claims: 0, due, outcome: JSON.stringify(outcome) } as const;
      await operations().flush([settled(entry, change)]);
      signs.enqueued(entry.lane);
    });
  }

  /** A stored type is taken as it is: its class may be gone. */
  #typeOf(name: string): string {
    if (typeof name === "string" && name.includes(".")) return name;
    const stored = this.parts.types.get(name);
    if (stored !== undefined) return stored;
    const names = [...this.parts.types.keys()];
    const hint = typeof name === "string" ? didYouMean(name, names) : "";
    throw new IncorrectUsageError(
      `Cannot list the commands ${JSON.stringify(name)}: there is no command of this name` +
        (hint || (names.length === 0 ? "" : `; there are ${quoted(names)}`)),
      { command: name },
    );
  }

  /** Settles an entry. The instance that has issued it is told the reason in the same transaction. */
  async #settle(entry: QueueEntry, change: EntryChange, reason: RejectionReason): Promise<void> {
    const { adapter, operations, clock, appended } = this.parts;
    const operation = settled(entry, change);
    const { issuedBy } = JSON.parse(entry.data) as QueuedCommand;
    if (issuedBy === undefined) await operations().flush([operation]);
    else appended(await adapter.log.append([rejectedEvent(entry, reason, clock.about)], { also: [operation] }));
  }

  /** Those of the commands that are parked now. */
  async parkedAmong(ids: readonly string[]): Promise<readonly QueuedCommandStatus[]> {
    const { operations, clock } = this.parts;
    const { commandQueue } = operations();
    const parked: QueuedCommandStatus[] = [];
    for (const id of ids) {
      const entry = await commandQueue.find(id);
      if (entry?.state === "parked") parked.push(queuedCommandStatus(entry, clock.about));
    }
    return parked;
  }

  /** Does something about an entry as it was read; again where it was changed meanwhile. @returns how it is then. */
  async #change(
    attempted: "cancel" | "retry",
    id: string,
    change: (entry: QueueEntry) => Promise<void>,
  ): Promise<QueuedCommandStatus> {
    for (let attempt = 1; ; attempt++) {
      const { commandQueue } = this.parts.operations();
      const entry = await commandQueue.find(id);
      if (entry === undefined) throw notQueued(attempted, id);
      try {
        await change(entry);
        const after = await commandQueue.find(id);
        return queuedCommandStatus(after ?? entry, this.parts.clock.about);
      } catch (error) {
        if (!(error instanceof OperationConflictError) || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

function settled({ id, revision: expected }: QueueEntry, change: SettleEntry["change"]): SettleEntry {
  return { kind: "settleEntry", id, expected, change };
}

function isFinished({ state }: QueueEntry): boolean {
  return state !== "waiting" && state !== "parked";
}

function underWay(entry: QueueEntry): CommandStateError {
  const { id, type: command, claimedBy: worker = "", claimedUntil = 0 } = entry;
  const until = new Date(claimedUntil).toISOString();
  return new CommandStateError(
    { id, command, attempted: "cancel", state: "running", worker },
    `worker ${worker} has it, until ${until} at least; it may have been carried out by then`,
  );
}

function refused(attempted: "cancel" | "retry", { id, type, state }: QueueEntry, reason: string): CommandStateError {
  return new CommandStateError({ id, command: type, attempted, state }, reason);
}

function notQueued(asked: string, id: string): ObjectNotFoundError {
  return new ObjectNotFoundError({ aggregate: "queued command", id, asked: `to ${asked}` });
}
