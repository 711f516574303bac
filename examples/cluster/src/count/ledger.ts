import type { RecordedEvent } from "@tidemark/core";

/** What the count needs of a stored event. */
export type CountedEvent = Pick<RecordedEvent, "id" | "type" | "stream" | "position" | "globalPosition" | "data">;

/** The fields of all events of the bank; each event has those of its class. */
interface BankData {
  readonly accountId: string;
  readonly openingDeposit: number;
  readonly amount: number;
  readonly reference: string;
  readonly transferId?: string;
}

/** What the log makes of an account: what the row of the projection has to be. */
interface Account {
  balance: number;
  movements: number;
}

/** Folds the whole log, independently of the domain: what is stored of accounts, of transfers and of the writers' commands. */
export class Ledger {
  readonly accounts = new Map<string, Account>();
  /** What has happened for each transfer, in order: `TransferRequested`, `MoneySent`, … */
  readonly transfers = new Map<string, string[]>();
  /** For each command of a writer, by its reference, how many events it has. */
  readonly commands = new Map<string, number>();
  /** The ids of the events that the follower has to see, in global order. */
  readonly followed: string[] = [];
  /** Ids that more than one event has. */
  readonly repeatedIds: string[] = [];
  /** Places in streams and in the global order where an event is missing, or out of order. */
  readonly gaps: string[] = [];

  readonly #ids = new Set<string>();
  readonly #lengths = new Map<string, number>();
  #globalPosition = 0;

  /** Takes the next event of the log. */
  hear(event: CountedEvent): void {
    this.#checkPlace(event);
    if (this.#ids.has(event.id)) this.repeatedIds.push(event.id);
    this.#ids.add(event.id);
    if (isFollowed(event.stream)) this.followed.push(event.id);
    const [, name = ""] = event.type.split(".");
    this.#fold(name, event.data as BankData);
  }

  #checkPlace({ stream, position, globalPosition }: CountedEvent): void {
    const expected = this.#lengths.get(stream) ?? 0;
    if (position !== expected)
      this.gaps.push(`stream "${stream}" goes on at position ${position} instead of ${expected}`);
    this.#lengths.set(stream, position + 1);
    if (globalPosition <= this.#globalPosition)
      this.gaps.push(`global position ${globalPosition} comes after ${this.#globalPosition}`);
    this.#globalPosition = globalPosition;
  }

  #fold(name: string, { accountId, amount, reference, transferId, openingDeposit }: BankData): void {
    if (name === "AccountOpened") this.accounts.set(accountId, { balance: openingDeposit, movements: 0 });
    else if (name === "MoneySent") this.#move(accountId, -amount);
    else if (name === "DepositMade" || name === "MoneyReceived" || name === "MoneyReturned")
      this.#move(accountId, amount);

    if (name === "DepositMade") this.#command(reference);
    else if (name === "TransferRequested") this.#command(transferId!);
    if (transferId !== undefined && !name.startsWith("FundsTransfer")) {
      const happened = this.transfers.get(transferId);
      if (happened === undefined) this.transfers.set(transferId, [name]);
      else happened.push(name);
    }
  }

  #move(accountId: string, amount: number): void {
    const account = this.accounts.get(accountId) ?? { balance: 0, movements: 0 };
    account.balance += amount;
    account.movements += 1;
    this.accounts.set(accountId, account);
  }

  #command(reference: string): void {
    this.commands.set(reference, (this.commands.get(reference) ?? 0) + 1);
  }
}

/** Whether the follower of the example follows the stream: it asks for accounts and transfers. */
export function isFollowed(stream: string): boolean {
  return /^bank::(account|transfer)-/.test(stream);
}
