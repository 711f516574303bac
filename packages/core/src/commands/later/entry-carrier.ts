import { DeadlineExceededError } from "../../errors/deadline-exceeded-error";
import { DomainError } from "../../errors/domain-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { checkEventSize } from "../../event-store/event-size";
import type { CommandModel } from "../../model/command-model";
import { OUTAGE, pauseMs, pauseUnless } from "../../patience/growing-pause";
import type { ClaimedEntry } from "../../ports/command-queue";
import type { EventLog } from "../../ports/event-log";
import type { OperationStores } from "../../ports/operation-stores";
import type { EntryChange, SettleEntry } from "../../ports/operations";
import { now } from "../../ports/real-timers";
import { exactJson } from "../../schema/exact-json";
import type { UnitsOfWork } from "../../unit-of-work/units-of-work";
import { reasonOf } from "../../wording/in-words";
import type { CommandProcessor, IdentifiedCommand } from "../command-processor";
import { commandOfQueue } from "./command-in-queue";
import type { RejectionReason } from "./command-rejected";
import type { HandledEntry } from "./entries-in-hand";
import type { QueueClock } from "./queue-clock";
import type { QueueSigns } from "./queue-signs";
import type { QueuedCommand, QueuedOutcome } from "./queued-command";
import { expiredError } from "./queued-result";
import { isHopelessCommand, isLostRace, isRefusal } from "./refusal";
import { rejectedEvent } from "./rejected-event";
import { rejectionReason } from "./rejection";

interface EntryCarrierParts {
  readonly processor: CommandProcessor;
  /** The registered commands by their stored types. */
  readonly models: ReadonlyMap<string, CommandModel>;
  readonly units: UnitsOfWork;
  readonly log: Pick<EventLog, "append">;
  readonly operations: () => OperationStores;
  readonly clock: QueueClock;
  readonly retry: { readonly attempts: number; readonly firstMs: number; readonly maxMs: number };
  readonly maxEventBytes: number;
  readonly signs: QueueSigns;
  /** Whether failures are repeated without pauses. */
  readonly isHurried: () => boolean;
  /** Whether an entry is still this process's; its claim is extended. */
  readonly isOurs: (id: string) => Promise<boolean>;
  /** The same of one that others have lost, which this process begins now. */
  readonly begins: (id: string) => Promise<boolean>;
  /** Surrounds each attempt: telemetry. */
  readonly around: (entry: ClaimedEntry, queued: QueuedCommand, attempt: () => Promise<unknown>) => Promise<unknown>;
  readonly logError: (message: string, details: object) => void;
  readonly logWarning: (message: string, details: object) => void;
}

/**
 * So many workers may have begun a command and ended, or lost it: then it is parked, since it may be what ends them. The first one does not
 * count, and neither do those that only had it in hand: a begin is noted, at the cost of a round trip, once a claim was lost.
 */
const MAX_LOST_BEGINS = 4;
/** How often an attempt is made again at once after a lost race, before that counts as a failure. */
const MAX_LOST_RACES = 20;
const RACE = { firstMs: 20, maxMs: 1_000 } as const;

/** Carries out commands that a worker has claimed, each to its end: done, refused, expired, parked, or back to the queue. */
export class EntryCarrier {
  constructor(private readonly parts: EntryCarrierParts) {}

  /** Does all there is to do about an entry. Never rejects. */
  async carryOut(handled: HandledEntry): Promise<void> {
    const { entry } = handled;
    const { logError } = this.parts;
    try {
      if (entry.begins >= MAX_LOST_BEGINS)
        return await this.#parked(
          handled,
          new Error(`${entry.begins} workers had begun it again and ended, or lost it, before it was carried out`),
        );
      if (entry.expiresAt !== undefined && entry.expiresAt <= entry.claimedAt) return await this.#expired(handled);
      const wasLost = entry.claims - entry.attempts > 1;
      if (wasLost && !(await this.#isStillOurs(handled, this.parts.begins))) return;
      await this.#attempts(handled);
    } catch (error) {
      logError(`Command ${JSON.stringify(entry.id)} (${entry.type}) could not be settled: ${reasonOf(error)}`, {
        error,
      });
    }
  }

  /** Makes attempts until the entry is settled, or is another worker's. Lost races and outages of the store spend no attempt. */
  async #attempts(handled: HandledEntry): Promise<void> {
    const { entry, signal, takenAt: startedAt } = handled;
    const limitMs = entry.expiresAt === undefined ? undefined : entry.expiresAt - entry.claimedAt;
    const isOver = () => limitMs !== undefined && now() - startedAt >= limitMs;
    for (let races = 0, outages = 0; !handled.isLost; ) {
      try {
        return await this.#attempt(
          handled,
          limitMs === undefined ? undefined : Math.max(0, startedAt + limitMs - now()),
        );
      } catch (error) {
        if (handled.isLost) return;
        if (error instanceof StoreUnavailableError) await pauseUnless(signal, pauseMs(OUTAGE, ++outages));
        else if (isLostRace(error) && ++races <= MAX_LOST_RACES) await pauseUnless(signal, pauseMs(RACE, races));
        else if (error instanceof DeadlineExceededError && isOver()) return await this.#expired(handled);
        else if (isRefusal(error)) return await this.#refused(handled, "refused", error);
        else return await this.#failed(handled, error);
      }
      // The answer to its commit may be lost, or its claim has run out meanwhile.
      if (!(await this.#isStillOurs(handled))) return;
    }
  }

  async #attempt(handled: HandledEntry, timeoutMs: number | undefined): Promise<void> {
    const { entry, signal } = handled;
    const { processor, models, operations, around } = this.parts;
    const found = commandOfQueue(entry, models);
    const { queued } = found;
    // What a process manager issues has the metadata of the event that it has handled, and no more.
    const identified = queued.issuedBy === undefined ? found : processor.enriched(found);
    let outcome: string | undefined;
    let isSettled = false;
    const settle = (result: unknown): SettleEntry => {
      if (!queued.keepsResult) return { kind: "settleEntry", id: entry.id, expected: entry.revision };
      outcome = this.#encodedResult(found, result);
      return settled(entry, { state: "done", attempts: entry.attempts, outcome });
    };
    const settlement = {
      operations: (result: unknown) => [settle(result)],
      committed: () => {
        isSettled = true;
      },
    };
    const { idempotencyKey } = queued;
    const options = {
      signal,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    };
    const result = await around(entry, queued, async () => processor.carryOut(identified, options, { settlement }));
    // It was carried out before, under its idempotency key; or middleware has answered in the place of its handler.
    if (!isSettled) await operations().flush([settle(result)]);
    this.#told(entry, { state: "done", attempts: entry.attempts, outcome });
  }

  #encodedResult({ model }: IdentifiedCommand, result: unknown): string {
    const json = model.result.encode(result);
    const outcome: QueuedOutcome = json === undefined ? {} : { result: json };
    const text = exactJson(outcome);
    checkEventSize(text, this.parts.maxEventBytes, `the result of ${model.name}`);
    return text;
  }

  async #expired(handled: HandledEntry): Promise<void> {
    const { id, type, expiresAt } = handled.entry;
    await this.#refused(handled, "expired", expiredError(id, type, expiresAt as number));
  }

  async #refused(handled: HandledEntry, state: "refused" | "expired", error: DomainError): Promise<void> {
    const reason = rejectionReason(error);
    const { attempts } = handled.entry;
    await this.#settle(handled, { state, attempts, outcome: encodedError(reason) }, reason);
  }

  /** After a technical failure: the command is tried again, or parked. */
  async #failed(handled: HandledEntry, error: unknown): Promise<void> {
    const { retry, clock, isHurried, logWarning } = this.parts;
    const { id, type } = handled.entry;
    const attempts = handled.entry.attempts + 1;
    if (attempts > retry.attempts || isHopelessCommand(error)) return await this.#parked(handled, error, attempts);
    const due = clock.after(isHurried() ? 0 : Math.round(pauseMs(retry, attempts)));
    await this.#settle(handled, { state: "waiting", attempts, due, outcome: encodedError(described(error)) });
    logWarning(
      `Command ${JSON.stringify(id)} (${type}) has failed in attempt ${attempts}, and is tried again: ${reasonOf(error)}`,
      { command: id, type, attempts, error },
    );
  }

  async #parked(handled: HandledEntry, error: unknown, attempts = handled.entry.attempts): Promise<void> {
    const { id, type } = handled.entry;
    await this.#settle(handled, { state: "parked", attempts, outcome: encodedError(described(error)) });
    this.parts.logError(
      `Command ${JSON.stringify(id)} (${type}) is parked: ${reasonOf(error)}. Correct the cause, and try it again with: domain commands retry ${id}`,
      { command: id, type, attempts, error },
    );
  }

  /** @param told what the process manager is told that has issued the command, where it is to be told anything. */
  async #settle(handled: HandledEntry, change: EntryChange, told?: RejectionReason): Promise<void> {
    const { entry, signal } = handled;
    const { log, operations, units, clock } = this.parts;
    const operation = settled(entry, change);
    for (let outages = 1; !handled.isLost; outages++) {
      try {
        if (told === undefined || !isIssued(entry)) await operations().flush([operation]);
        else units.noteAppended(await log.append([rejectedEvent(entry, told, clock.about)], { also: [operation] }));
        return this.#told(entry, change);
      } catch (error) {
        // Somebody has cancelled it, or another worker has it.
        if (error instanceof OperationConflictError) return;
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
      await pauseUnless(signal, pauseMs(OUTAGE, outages));
      if (!(await this.#isStillOurs(handled))) return;
    }
  }

  #told({ id, type }: ClaimedEntry, { state, attempts, outcome }: Pick<EntryChange, "state" | "attempts" | "outcome">) {
    if (state !== "waiting") this.parts.signs.settled({ id, type, state, attempts, outcome });
  }

  /** Waits for the store where it cannot be reached. */
  async #isStillOurs(handled: HandledEntry, isOurs = this.parts.isOurs): Promise<boolean> {
    for (let outages = 1; !handled.isLost; outages++) {
      try {
        return await isOurs(handled.entry.id);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
      await pauseUnless(handled.signal, pauseMs(OUTAGE, outages));
    }
    return false;
  }
}

function settled({ id, revision: expected }: ClaimedEntry, change: EntryChange): SettleEntry {
  return { kind: "settleEntry", id, expected, change };
}

function isIssued({ data }: ClaimedEntry): boolean {
  return (JSON.parse(data) as QueuedCommand).issuedBy !== undefined;
}

function described(error: unknown): NonNullable<QueuedOutcome["error"]> {
  if (error instanceof DomainError) return rejectionReason(error);
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "Error", message: String(error) };
}

function encodedError(error: NonNullable<QueuedOutcome["error"]>): string {
  return JSON.stringify({ error } satisfies QueuedOutcome);
}
