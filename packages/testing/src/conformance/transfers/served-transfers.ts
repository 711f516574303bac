import {
  Aggregate,
  apply,
  Command,
  DomainError,
  DomainEvent,
  handle,
  identifier,
  type Logger,
  ProcessManager,
  rejected,
  timer,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";

/** Short enough for a test to wait for it, long enough for a busy machine to renew it. */
const LEASE_MS = 2_000;

/** How long a transfer waits for its approval. */
export const EXPIRY_MS = 1_000;

/** How a transfer can end. */
export const ENDS = ["completed", "refused", "refunded", "expired"] as const;
export type End = (typeof ENDS)[number];

/** The stored types of what the suites count. */
export const TYPES = {
  opened: "Transfers.AccountOpened.v1",
  withdrawn: "Transfers.Withdrawn.v1",
  deposited: "Transfers.Deposited.v1",
  refunded: "Transfers.Refunded.v1",
  asked: "Transfers.TransferAsked.v1",
  ended: "Transfers.TransferEnded.v1",
  fired: "Transfers.FundsTransferTimerFired.v1",
  rejected: "Transfers.FundsTransferCommandRejected.v1",
} as const;

/** Where the instances of the process manager lie. */
export const PROCESSES = "transfers::funds_transfer";

/**
 * A bank whose transfers are a process manager, for several processes to serve: what is withdrawn is deposited elsewhere, or refunded where
 * the other account is closed; a transfer that is to be approved, and is not in time, expires. It is to be initialised.
 */
export function servedTransfers(adapter: EventStoreAdapter, logger?: Logger) {
  const config = { server: { embedded: false }, subscriptions: { lease: `${LEASE_MS / 1_000}s` } };
  const domain = domainOn(adapter, { name: "transfers", config, ...(logger && { logger }) });
  const moved = { accountId: identifier(), transferId: z.string(), amount: z.number() };

  @domain.event({ partOf: "Account" })
  class AccountOpened extends DomainEvent({ accountId: identifier(), balance: z.number(), isClosed: z.boolean() }) {}
  @domain.event({ partOf: "Account" })
  class Withdrawn extends DomainEvent(moved) {}
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent(moved) {}
  @domain.event({ partOf: "Account" })
  class Refunded extends DomainEvent(moved) {}

  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ balance: z.number().default(0), isClosed: z.boolean().default(false) }) {
    open(balance: number, isClosed: boolean): this {
      this.raise(new AccountOpened({ accountId: this.id, balance, isClosed }));
      return this;
    }
    withdraw(transferId: string, amount: number): void {
      if (this.balance < amount) throw new DomainError("there is too little money", { code: "TOO_LITTLE_MONEY" });
      this.raise(new Withdrawn({ accountId: this.id, transferId, amount }));
    }
    deposit(transferId: string, amount: number): void {
      if (this.isClosed) throw new DomainError("the account is closed", { code: "ACCOUNT_CLOSED" });
      this.raise(new Deposited({ accountId: this.id, transferId, amount }));
    }
    refund(transferId: string, amount: number): void {
      this.raise(new Refunded({ accountId: this.id, transferId, amount }));
    }
    @apply(AccountOpened) opened({ balance, isClosed }: AccountOpened): void {
      this.balance = balance;
      this.isClosed = isClosed;
    }
    @apply(Withdrawn) withdrawn({ amount }: Withdrawn): void {
      this.balance -= amount;
    }
    @apply(Deposited) deposited({ amount }: Deposited): void {
      this.balance += amount;
    }
    @apply(Refunded) refunded({ amount }: Refunded): void {
      this.balance += amount;
    }
  }

  const asked = { source: z.string(), target: z.string(), amount: z.number(), isToBeApproved: z.boolean() };
  @domain.event({ partOf: "Transfer" })
  class TransferAsked extends DomainEvent({ transferId: identifier(), ...asked }) {}
  @domain.event({ partOf: "Transfer" })
  class TransferApproved extends DomainEvent({ transferId: identifier() }) {}
  @domain.event({ partOf: "Transfer" })
  class TransferEnded extends DomainEvent({ transferId: identifier(), end: z.enum(ENDS) }) {}

  @domain.aggregate({ eventSourced: true })
  class Transfer extends Aggregate({ end: z.enum(ENDS).nullable().default(null) }) {
    ask(values: Omit<TransferToAsk, "transferId">): this {
      this.raise(new TransferAsked({ transferId: this.id, ...values }));
      return this;
    }
    approve(): void {
      this.raise(new TransferApproved({ transferId: this.id }));
    }
    /** Whoever ends a transfer twice is found out by the second event. */
    conclude(end: End): void {
      this.raise(new TransferEnded({ transferId: this.id, end }));
    }
    @apply(TransferAsked) asked(): void {}
    @apply(TransferApproved) approved(): void {}
    @apply(TransferEnded) ended({ end }: TransferEnded): void {
      this.end = end;
    }
  }

  @domain.command({ partOf: Account })
  class Withdraw extends Command(moved) {}
  @domain.command({ partOf: Account })
  class Deposit extends Command(moved) {}
  @domain.command({ partOf: Account })
  class Refund extends Command(moved) {}
  @domain.command({ partOf: Transfer })
  class AskTransfer extends Command({ transferId: identifier(), ...asked }) {}
  @domain.command({ partOf: Transfer })
  class ApproveTransfer extends Command({ transferId: identifier() }) {}
  @domain.command({ partOf: Transfer })
  class EndTransfer extends Command({ transferId: identifier(), end: z.enum(ENDS) }) {}

  @domain.commandHandler({ partOf: Account })
  class Accounts {
    @handle(Withdraw) async withdraw({ accountId, transferId, amount }: Withdraw): Promise<void> {
      await domain.repositoryFor(Account).update(accountId, (account) => account.withdraw(transferId, amount));
    }
    @handle(Deposit) async deposit({ accountId, transferId, amount }: Deposit): Promise<void> {
      await domain.repositoryFor(Account).update(accountId, (account) => account.deposit(transferId, amount));
    }
    @handle(Refund) async refund({ accountId, transferId, amount }: Refund): Promise<void> {
      await domain.repositoryFor(Account).update(accountId, (account) => account.refund(transferId, amount));
    }
  }
  @domain.commandHandler({ partOf: Transfer })
  class Transfers {
    @handle(AskTransfer) async ask({ transferId, ...values }: AskTransfer): Promise<void> {
      await domain.repositoryFor(Transfer).add(Transfer.createNew({ id: transferId }).ask(values));
    }
    @handle(ApproveTransfer) async approve({ transferId }: ApproveTransfer): Promise<void> {
      await domain.repositoryFor(Transfer).update(transferId, (transfer) => transfer.approve());
    }
    @handle(EndTransfer) async end({ transferId, end }: EndTransfer): Promise<void> {
      await domain.repositoryFor(Transfer).update(transferId, (transfer) => transfer.conclude(end));
    }
  }
  void [Accounts, Transfers];

  @domain.processManager({})
  class FundsTransfer extends ProcessManager({
    transferId: identifier(),
    source: z.string().default(""),
    target: z.string().default(""),
    amount: z.number().default(0),
    isDecided: z.boolean().default(false),
  }) {
    @handle(TransferAsked, { start: true })
    asked({ source, target, amount, isToBeApproved }: TransferAsked): void {
      Object.assign(this, { source, target, amount });
      if (isToBeApproved) this.setTimer("expiry", { after: `${EXPIRY_MS / 1_000}s` });
      else this.#begin();
    }
    @handle(TransferApproved)
    approved(): void {
      if (this.isDecided) return;
      this.cancelTimer("expiry");
      this.#begin();
    }
    @timer("expiry")
    expired(): void {
      this.isDecided = true;
      this.#end("expired");
    }
    @handle(Withdrawn)
    taken(): void {
      this.issue(new Deposit({ accountId: this.target, transferId: this.transferId, amount: this.amount }));
    }
    @handle(Deposited)
    arrived(): void {
      this.#end("completed");
    }
    @handle(Refunded)
    returned(): void {
      this.#end("refunded");
    }
    @rejected(Withdraw)
    withoutMoney(): void {
      this.#end("refused");
    }
    @rejected(Deposit)
    withoutAccount(): void {
      this.issue(new Refund({ accountId: this.source, transferId: this.transferId, amount: this.amount }));
    }
    @handle(TransferEnded, { end: true })
    ended(): void {}
    #begin(): void {
      this.isDecided = true;
      this.issue(new Withdraw({ accountId: this.source, transferId: this.transferId, amount: this.amount }));
    }
    #end(end: End): void {
      this.issue(new EndTransfer({ transferId: this.transferId, end }));
    }
  }
  void FundsTransfer;

  return {
    domain,
    open: async (accountId: string, balance: number, isClosed: boolean): Promise<void> => {
      await domain.repositoryFor(Account).add(Account.createNew({ id: accountId }).open(balance, isClosed));
    },
    ask: async (transfer: TransferToAsk): Promise<void> => {
      await domain.process(new AskTransfer(transfer));
    },
    approve: async (transferId: string): Promise<void> => {
      await domain.process(new ApproveTransfer({ transferId }));
    },
  };
}

interface TransferToAsk {
  readonly transferId: string;
  readonly source: string;
  readonly target: string;
  readonly amount: number;
  readonly isToBeApproved: boolean;
}
