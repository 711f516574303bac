import {
  Aggregate,
  apply,
  Command,
  type ConfigInput,
  Domain,
  DomainError,
  DomainEvent,
  type EventContext,
  handle,
  identifier,
  on,
  ProcessManager,
  Projection,
  rejected,
  timer,
} from "@tidemark/core";
import { PostgresEventStore, type PostgresEventStoreOptions } from "@tidemark/postgres";
import { z } from "zod";

/** Short, so that a call to a server that is frozen gives up soon; and patient, so that no command fails meanwhile. */
const OPTIONS = {
  connectTimeoutMs: 2_000,
  statementTimeoutMs: 5_000,
  poolTimeoutMs: 10_000,
  failoverPatienceMs: 120_000,
} as const;

/** Short enough for a test to wait for it, long enough for a busy machine to renew it. */
const CONFIG: ConfigInput = { server: { embedded: false }, subscriptions: { lease: "3s" }, commands: { retries: 20 } };

/** How a transfer can end. */
const ENDS = ["completed", "refused"] as const;

export type Bank = Awaited<ReturnType<typeof openBank>>;

/**
 * Opens a bank on the cluster: accounts, deposits and transfers that each have an id, a projection of balances, an event
 * handler that writes a note of each transfer that has ended, a process manager that carries transfers out.
 */
export async function openBank(where: PostgresEventStoreOptions) {
  const logged: string[] = [];
  const note = (message: string): void => void logged.push(message);
  const domain = new Domain("bank", {
    root: "/",
    eventStore: new PostgresEventStore({ ...OPTIONS, ...where }),
    config: CONFIG,
    logger: { warn: note, error: note },
  });

  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), reference: z.string(), amount: z.number() }) {}
  @domain.event({ partOf: "Account" })
  class Withdrawn extends DomainEvent({ accountId: identifier(), reference: z.string(), amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ balance: z.number().default(0) }) {
    deposit(reference: string, amount: number): this {
      this.raise(new Deposited({ accountId: this.id, reference, amount }));
      return this;
    }
    withdraw(reference: string, amount: number): this {
      if (this.balance < amount) throw new DomainError("there is too little money", { code: "TOO_LITTLE_MONEY" });
      this.raise(new Withdrawn({ accountId: this.id, reference, amount }));
      return this;
    }
    @apply(Deposited) deposited({ amount }: Deposited): void {
      this.balance += amount;
    }
    @apply(Withdrawn) withdrawn({ amount }: Withdrawn): void {
      this.balance -= amount;
    }
  }

  const asked = { source: z.string(), target: z.string(), amount: z.number(), waits: z.boolean() };
  @domain.event({ partOf: "Transfer" })
  class TransferAsked extends DomainEvent({ transferId: identifier(), ...asked }) {}
  @domain.event({ partOf: "Transfer" })
  class TransferEnded extends DomainEvent({ transferId: identifier(), end: z.enum(ENDS) }) {}

  @domain.aggregate({ eventSourced: true })
  class Transfer extends Aggregate({ end: z.enum(ENDS).nullable().default(null) }) {
    @apply(TransferAsked) asked(): void {}
    @apply(TransferEnded) ended({ end }: TransferEnded): void {
      this.end = end;
    }
  }

  @domain.event({ partOf: "Note" })
  class Noted extends DomainEvent({ noteId: identifier(), transferId: z.string() }) {}
  @domain.aggregate({ eventSourced: true })
  class Note extends Aggregate({ count: z.number().default(0) }) {
    @apply(Noted) noted(): void {
      this.count++;
    }
  }

  const moved = { accountId: identifier(), reference: z.string(), amount: z.number() };
  @domain.command({ partOf: Account })
  class Deposit extends Command(moved) {}
  @domain.command({ partOf: Account })
  class DepositLater extends Command(moved, { asynchronous: true }) {}
  @domain.command({ partOf: Account })
  class Withdraw extends Command(moved) {}
  @domain.command({ partOf: Transfer })
  class AskTransfer extends Command({ transferId: identifier(), ...asked }) {}
  @domain.command({ partOf: Transfer })
  class EndTransfer extends Command({ transferId: identifier(), end: z.enum(ENDS) }) {}
  @domain.command({ partOf: Note })
  class TakeNote extends Command({ noteId: identifier(), transferId: z.string() }) {}

  @domain.commandHandler({ partOf: Account })
  class Accounts {
    @handle(Deposit) async deposit({ accountId, reference, amount }: Deposit): Promise<void> {
      const accounts = domain.repositoryFor(Account);
      const account = (await accounts.find(accountId)) ?? Account.createNew({ id: accountId });
      await accounts.add(account.deposit(reference, amount));
    }
    @handle(DepositLater) async depositLater(command: DepositLater): Promise<void> {
      await this.deposit(new Deposit({ ...command }));
    }
    @handle(Withdraw) async withdraw({ accountId, reference, amount }: Withdraw): Promise<void> {
      await domain.repositoryFor(Account).update(accountId, (account) => account.withdraw(reference, amount));
    }
  }
  @domain.commandHandler({ partOf: Transfer })
  class Transfers {
    @handle(AskTransfer) async ask(command: AskTransfer): Promise<void> {
      const transfer = Transfer.createNew({ id: command.transferId });
      transfer.raise(new TransferAsked({ ...command }));
      await domain.repositoryFor(Transfer).add(transfer);
    }
    /** Whoever ends a transfer twice is found out by the second event. */
    @handle(EndTransfer) async end({ transferId, end }: EndTransfer): Promise<void> {
      await domain
        .repositoryFor(Transfer)
        .update(transferId, (transfer) => transfer.raise(new TransferEnded({ transferId, end })));
    }
  }
  @domain.commandHandler({ partOf: Note })
  class Notes {
    @handle(TakeNote) async take({ noteId, transferId }: TakeNote): Promise<void> {
      const notes = domain.repositoryFor(Note);
      const taken = (await notes.find(noteId)) ?? Note.createNew({ id: noteId });
      taken.raise(new Noted({ noteId, transferId }));
      await notes.add(taken);
    }
  }
  void [Accounts, Transfers, Notes];

  @domain.projection({})
  class Balances extends Projection({
    accountId: identifier(),
    balance: z.number().default(0),
    moves: z.int().default(0),
  }) {
    @on(Deposited, { creates: true }) deposited({ amount }: Deposited): void {
      this.balance += amount;
      this.moves++;
    }
    @on(Withdrawn) withdrawn({ amount }: Withdrawn): void {
      this.balance -= amount;
      this.moves++;
    }
  }

  @domain.eventHandler({ startFrom: "beginning" })
  class NoteOfEnd {
    @handle(TransferEnded) async note({ transferId }: TransferEnded, context: EventContext): Promise<void> {
      await context.process(new TakeNote({ noteId: transferId, transferId }));
    }
  }
  void NoteOfEnd;

  @domain.processManager({})
  class CarryOut extends ProcessManager({
    transferId: identifier(),
    source: z.string().default(""),
    target: z.string().default(""),
    amount: z.number().default(0),
  }) {
    @handle(TransferAsked, { start: true }) asked({ source, target, amount, waits }: TransferAsked): void {
      Object.assign(this, { source, target, amount });
      if (waits) this.setTimer("begin", { after: "1s" });
      else this.begin();
    }
    @timer("begin") begin(): void {
      this.issue(new Withdraw({ accountId: this.source, reference: this.transferId, amount: this.amount }));
    }
    @handle(Withdrawn, { correlate: { transferId: "reference" } }) withdrawn(): void {
      this.issue(new Deposit({ accountId: this.target, reference: this.transferId, amount: this.amount }));
    }
    @handle(Deposited, { correlate: { transferId: "reference" } }) deposited(): void {
      this.issue(new EndTransfer({ transferId: this.transferId, end: "completed" }));
    }
    @rejected(Withdraw) refused(): void {
      this.issue(new EndTransfer({ transferId: this.transferId, end: "refused" }));
    }
    @handle(TransferEnded, { end: true }) ended(): void {}
  }
  void CarryOut;

  await domain.init();
  return {
    domain,
    logged,
    Balances,
    /** Events of accounts, as `follow` and `domain.events` give them. */
    events: (after: number, signal: AbortSignal) => domain.events({ of: [Account], after, follow: true, signal }),
    deposit: (accountId: string, reference: string, amount = 1) => new Deposit({ accountId, reference, amount }),
    depositLater: (accountId: string, reference: string) => new DepositLater({ accountId, reference, amount: 1 }),
    askTransfer: (transfer: { transferId: string; source: string; target: string; amount: number; waits: boolean }) =>
      new AskTransfer(transfer),
  };
}
