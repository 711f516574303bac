import { deepEqual, equal, ok } from "node:assert/strict";

import type { EventStoreAdapter, OperationStores, RecordedMessage } from "@tidemark/core/adapter";

import { ENDS, type End, EXPIRY_MS, PROCESSES, TYPES } from "./served-transfers";

/** What the log tells of one transfer. */
interface Told {
  readonly asked: number;
  readonly amount: number;
  readonly source: string;
  readonly target: string;
  readonly isToBeApproved: boolean;
  readonly moves: string[];
  readonly ends: End[];
  /** How often its timer has fired. */
  fired: number;
}

/** What each end takes: the moves of money, in order. */
const MOVES: Readonly<Record<End, readonly string[]>> = {
  completed: ["Withdrawn", "Deposited"],
  refused: [],
  refunded: ["Withdrawn", "Refunded"],
  expired: [],
};

const PAGE = 1_000;

/** What has become of all transfers, as far as the log was read. */
export class ToldTransfers {
  readonly #transfers = new Map<string, Told>();
  readonly #balances = new Map<string, number>();
  /** The events of each command. */
  readonly #byCommand = new Map<string, string[]>();
  readonly #timers = new Set<string>();
  #position = 0;
  #opened = 0;
  #rejected = 0;
  /** Effects of the commands that the process manager has issued. */
  #effects = 0;
  #ended = 0;

  constructor(private readonly adapter: EventStoreAdapter) {}

  /** How many transfers have ended. */
  get ended(): number {
    return this.#ended;
  }

  /** How far the log was read. */
  get position(): number {
    return this.#position;
  }

  /** Reads on, up to the end of the log. */
  async read(): Promise<void> {
    for (;;) {
      const page = await this.adapter.log.readAll({ after: this.#position, limit: PAGE });
      for (const event of page.messages) this.#hear(event);
      this.#position = page.upTo;
      if (page.atEnd) return;
    }
  }

  /**
   * Checks all that was told, once `count` transfers have ended and nothing is under way.
   * @returns how many have ended how, and how many commands and timers there were.
   */
  async check(count: number): Promise<string> {
    const balance = [...this.#balances.values()].reduce((sum, each) => sum + each, 0);
    equal(balance, this.#opened, "the money of all accounts together");
    for (const [account, each] of this.#balances) ok(each >= 0, `account ${account} has ${each}`);
    equal(this.#transfers.size, count, "how many transfers were asked for");
    const ends = new Map<End, number>(ENDS.map((end) => [end, 0]));
    for (const [id, { ends: ended, moves, isToBeApproved, fired }] of this.#transfers) {
      const [end] = ended;
      ok(end !== undefined && ended.length === 1, `transfer ${id} has ended ${ended.length} times: ${ended.join()}`);
      deepEqual(moves, MOVES[end], `the moves of transfer ${id}, which was ${end}`);
      ok(fired <= (isToBeApproved ? 1 : 0), `the timer of transfer ${id} has fired ${fired} times`);
      if (end === "expired") equal(fired, 1, `how often the timer of transfer ${id} has fired, which has expired`);
      ends.set(end, ends.get(end)! + 1);
    }
    for (const [command, types] of this.#byCommand)
      equal(types.length, 1, `command ${command} was carried out ${types.length} times: ${types.join()}`);
    await this.#checkStore(count);
    const told = [...ends].map(([end, number]) => `${number} ${end}`).join(", ");
    return `${told}; ${this.#effects} commands carried out, ${this.#rejected} refused; ${this.#timers.size} timers fired`;
  }

  /** Nothing is left, and every instance has issued as many commands as had an end. */
  async #checkStore(count: number): Promise<void> {
    const { states, commandQueue, timers, subscriptions } = this.adapter.operations as OperationStores;
    let [instances, issued] = [0, 0];
    for (let after: string | undefined; ; ) {
      const page = await states.list(PROCESSES, { limit: PAGE, ...(after !== undefined && { after }) });
      for (const { stream, data } of page) {
        const { status, commands } = JSON.parse(data) as { readonly status: string; readonly commands: number };
        equal(status, "ended", `what is stored of ${stream}`);
        instances++;
        issued += commands;
      }
      after = page.at(-1)?.stream;
      if (page.length < PAGE) break;
    }
    equal(instances, count, "how many instances of the process manager have ended");
    equal(this.#effects + this.#rejected, issued, "how many of the issued commands have come to an end");
    deepEqual(
      await commandQueue.list({ states: ["waiting", "parked"], limit: 10 }),
      [],
      "what waits in the queue of commands",
    );
    deepEqual(await timers.list({ limit: 10 }), [], "the timers that are left");
    deepEqual(
      await subscriptions.parked({ subscription: "FundsTransfer", limit: 10 }),
      [],
      "the instances that are parked",
    );
  }

  #hear(event: RecordedMessage): void {
    const { type } = event;
    const data = JSON.parse(event.data) as Record<string, unknown>;
    if (type === TYPES.fired) this.#fired(event, data);
    else if (type === TYPES.rejected) {
      this.#rejected++;
      this.#caused(String(data.commandId), type);
    } else if (event.category !== PROCESSES) this.#done(event, data);
  }

  /** Notes what a command has done. */
  #done(event: RecordedMessage, data: Record<string, unknown>): void {
    const { type } = event;
    const [, name = ""] = type.split(".");
    this.#caused((JSON.parse(event.metadata) as { readonly causationId?: string }).causationId ?? event.id, type);
    if (type === TYPES.opened) {
      this.#opened += Number(data.balance);
      this.#move(data.accountId, Number(data.balance));
    } else if (type === TYPES.asked) {
      const told = data as unknown as Pick<Told, "amount" | "source" | "target" | "isToBeApproved">;
      this.#transfers.set(String(data.transferId), { ...told, asked: event.time, moves: [], ends: [], fired: 0 });
    } else if (type === TYPES.ended) {
      const { ends } = this.#of(data.transferId);
      if (ends.length === 0) this.#ended++;
      ends.push(data.end as End);
      this.#effects++;
    } else if (type === TYPES.withdrawn || type === TYPES.deposited || type === TYPES.refunded) {
      const { moves, amount, source, target } = this.#of(data.transferId);
      equal(data.amount, amount, `the amount of ${type} of transfer ${data.transferId}`);
      equal(data.accountId, type === TYPES.deposited ? target : source, `the account of ${type}`);
      moves.push(name);
      this.#effects++;
      this.#move(data.accountId, type === TYPES.withdrawn ? -amount : amount);
    }
  }

  #fired({ stream, time }: RecordedMessage, data: Record<string, unknown>): void {
    const { timerId, dueAt } = data as { readonly timerId: string; readonly dueAt: number };
    const id = stream.slice(PROCESSES.length + 1);
    const told = this.#of(id);
    told.fired++;
    ok(!this.#timers.has(timerId), `timer ${timerId} has fired twice`);
    this.#timers.add(timerId);
    ok(
      dueAt >= told.asked + EXPIRY_MS,
      `the timer of transfer ${id} was due ${dueAt - told.asked} ms after it was asked`,
    );
    ok(time >= dueAt, `the timer of transfer ${id} has fired ${dueAt - time} ms early`);
  }

  #caused(command: string, type: string): void {
    const types = this.#byCommand.get(command) ?? [];
    this.#byCommand.set(command, types);
    types.push(type);
  }

  #move(account: unknown, amount: number): void {
    this.#balances.set(String(account), (this.#balances.get(String(account)) ?? 0) + amount);
  }

  #of(transferId: unknown): Told {
    const told = this.#transfers.get(String(transferId));
    ok(told, `something was done for transfer ${transferId} before it was asked for`);
    return told;
  }
}
