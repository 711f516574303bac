import { z } from "zod";
import type { QueuedCommand } from "../../../src/commands/later/queued-command";
import {
  Aggregate,
  apply,
  Command,
  Domain,
  type DomainError,
  DomainEvent,
  handle,
  identifier,
  MemoryEventStore,
  ProcessManager,
  rejected,
  timer,
} from "../../../src/index";
import type { NewQueueEntry } from "../../../src/ports/command-queue";
import type { Operation } from "../../../src/ports/operations";
import type { TimerData } from "../../../src/process-managers/process-inputs";
import type { StoredProcess } from "../../../src/process-managers/stored-process";

/** The moment at which everything in these tests happens. */
export const NOW = Date.UTC(2026, 1, 20, 12);
const CATEGORY = "bank::funds_transfer";

export const streamOf = (id: string) => `${CATEGORY}-${id}`;

/** A bank whose transfers are process managers, and what lies in its store as servers would have left it. */
export class Transfers {
  readonly store = new MemoryEventStore();
  readonly clock = { now: () => new Date(NOW) };
  readonly domain = new Domain("bank", {
    eventStore: this.store,
    clock: this.clock,
    config: { server: { embedded: false } },
  });
  readonly FundsTransfer: ReturnType<typeof declareTransfers>["FundsTransfer"];
  readonly commands: ReturnType<typeof declareTransfers>["commands"];

  constructor() {
    const { FundsTransfer, commands } = declareTransfers(this.domain);
    this.FundsTransfer = FundsTransfer;
    this.commands = commands;
  }

  async flush(...operations: readonly Operation[]): Promise<void> {
    await this.store.operations.flush(operations);
  }

  async putTransfer(id: string, process: Partial<StoredProcess> = {}): Promise<void> {
    const state = { transferId: id, amount: 50, asked: "2026-02-20T11:59:00.000Z" };
    const running = { status: "running", state, startedAt: NOW - 60_000 } as const;
    await this.#put(CATEGORY, id, { process: "FundsTransfer", ...running, ...process });
  }

  async putOrder(id: string, process: Partial<StoredProcess> = {}): Promise<void> {
    const running = { status: "running", state: { orderId: id }, startedAt: NOW - 60_000 } as const;
    await this.#put("bank::standing_order", id, { process: "StandingOrder", ...running, ...process });
  }

  async #put(category: string, id: string, process: Pick<StoredProcess, "process" | "status">): Promise<void> {
    const data = JSON.stringify({ version: 1, steps: 1, commands: 0, changedAt: NOW - 60_000, ...process });
    const state = { stream: `${category}-${id}`, category, version: 0, data };
    await this.flush({ kind: "putState", state, expectedVersion: -1 });
  }

  async setTimer(id: string, name: string, dueAt: number, process = "FundsTransfer"): Promise<void> {
    const category = process === "FundsTransfer" ? CATEGORY : "bank::standing_order";
    const data: TimerData = {
      timerId: `${id}-${name}`,
      process,
      stream: `${category}-${id}`,
      category,
      type: `Bank.${process}TimerFired.v1`,
      metadata: { correlationId: "r-1" },
    };
    const timer = { owner: data.stream, name, data: JSON.stringify(data) };
    await this.flush({ kind: "setTimer", timer, due: { at: dueAt } });
  }

  /** Puts a command into the queue, issued by an instance where one is named. */
  async enqueue(
    id: string,
    { issuedBy, ...entry }: Partial<NewQueueEntry> & { readonly issuedBy?: string } = {},
  ): Promise<void> {
    const data: QueuedCommand = {
      command: { accountId: "a-1", amount: 50 },
      metadata: { correlationId: "r-1", causationId: id, commandType: "Bank.Withdraw.v1" },
      keepsResult: issuedBy === undefined,
      ...(issuedBy !== undefined && {
        issuedBy: {
          process: "FundsTransfer",
          stream: streamOf(issuedBy),
          category: CATEGORY,
          rejectedType: "Bank.FundsTransferCommandRejected.v1",
        },
      }),
    };
    await this.flush({
      kind: "enqueue",
      entry: {
        id,
        lane: "default",
        type: "Bank.Withdraw.v1",
        priority: 0,
        number: 0,
        line: issuedBy === undefined ? undefined : streamOf(issuedBy),
        due: { at: NOW },
        data: JSON.stringify(data),
        ...entry,
      },
    });
  }

  /** Lets a worker take an entry, and gives back what becomes of it. */
  async claim(claimMs = 10_000): Promise<void> {
    const lanes = ["default"];
    this.store.operations.commandQueue.claim({ worker: "w-1", lanes, limit: 1, oldest: 0, claimMs, now: NOW });
  }

  async settle(id: string, state: "parked" | "done" | "refused", outcome?: object): Promise<void> {
    const { revision = 0 } = this.store.operations.commandQueue.find(id) ?? {};
    await this.flush({
      kind: "settleEntry",
      id,
      expected: revision,
      change: { state, attempts: 3, ...(outcome && { outcome: JSON.stringify(outcome) }) },
    });
  }

  /** The events of an instance's own stream. */
  async eventsOf(id: string) {
    const events = [];
    for await (const { type, data, metadata } of this.domain.eventStore.read(streamOf(id)))
      events.push({ type, data, metadata });
    return events;
  }
}

function declareTransfers(domain: Domain) {
  @domain.event({ partOf: "Account" })
  class TransferAsked extends DomainEvent({ transferId: identifier(), amount: z.number() }) {}

  @domain.event({ partOf: "Account" })
  class TransfersAsked extends DomainEvent({ transferIds: z.array(z.string()) }) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({}) {
    @apply(TransferAsked)
    onAsked(): void {}

    @apply(TransfersAsked)
    onAllAsked(): void {}
  }

  @domain.command({ partOf: Account })
  class Withdraw extends Command({ accountId: identifier(), amount: z.number() }) {}

  @domain.commandHandler({ partOf: Account })
  class _Handler {
    @handle(Withdraw)
    withdraw(): void {}
  }

  @domain.processManager({})
  class FundsTransfer extends ProcessManager({
    transferId: identifier(),
    amount: z.number().default(0),
    asked: z.date().optional(),
  }) {
    @handle(TransferAsked, { start: true, correlate: "transferId" })
    ask({ amount }: TransferAsked): void {
      this.amount = amount;
    }

    @handle(TransfersAsked, { start: true, correlate: (event: TransfersAsked) => event.transferIds })
    askAll(): void {}

    @rejected(Withdraw)
    refused(_command: Withdraw, _reason: DomainError): void {
      this.complete();
    }

    @timer("expiry")
    expired(): void {}

    @timer("reminder")
    reminded(): void {}
  }

  @domain.processManager({})
  class StandingOrder extends ProcessManager({ orderId: identifier() }) {
    @handle(TransferAsked, { start: true, correlate: { orderId: "transferId" } })
    ask(): void {}
  }
  void [StandingOrder];
  return { FundsTransfer, commands: { Withdraw }, events: { TransferAsked } };
}
