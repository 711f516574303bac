import {
  Aggregate,
  apply,
  Command,
  type CommandRoot,
  Domain,
  DomainEvent,
  handle,
  identifier,
  on,
  ProcessManager,
  Projection,
  ValidationError,
} from "@tidemark/core";
import {
  countingIds,
  everyRedelivery,
  type FixedClock,
  fixedClock,
  type Given,
  type GivenProcess,
  type GivenResult,
  given,
  type HandledResult,
  type IssuedByProcess,
  type ProcessResult,
  type RecordedCall,
  rejected,
  type SetTimerOfProcess,
  timer,
} from "@tidemark/testing";
import { z } from "zod";

const clock: FixedClock = fixedClock(new Date(0));
export const domain = new Domain("bank", { clock, ids: countingIds("id-") });

@domain.event({ partOf: "Account" })
class DepositMade extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}

@domain.aggregate({ eventSourced: true })
class Account extends Aggregate({ balance: z.number().default(0) }) {
  isRich(): boolean {
    return this.balance > 1_000_000;
  }

  @apply(DepositMade)
  onDeposit(event: DepositMade): void {
    this.balance += event.amount;
  }
}

@domain.command({ partOf: Account })
class Close extends Command({}) {}

export async function givenWhenThen(): Promise<void> {
  const deposit = new DepositMade({ accountId: "1", amount: 5 });
  const chain: Given<Account> = given(Account, deposit).withId("1").after(deposit).process(new Close());
  const result: GivenResult<Account> = await chain;
  const balance: number = result.aggregate.balance;
  const isRich: boolean = result.aggregate.isRich();
  // @ts-expect-error: not a field of the aggregate
  result.aggregate.owner;
  const messages: string[] = result.rejectionMessages;
  const code: string | undefined = result.rejection?.code;
  // @ts-expect-error: there may be none
  result.rejection.code;
  const events: readonly object[] = result.allEvents;
  const amounts: number[] = result.eventsOf(DepositMade).map(({ amount }) => amount);
  // @ts-expect-error: not a field of the event
  result.eventsOf(DepositMade).map(({ sum }) => sum);
  // @ts-expect-error: events are read-only
  result.events.push(deposit);
  const elsewhere: Account = (await given(domain, Account, deposit)).aggregate;
  const all: [GivenResult<Account>, GivenResult<Account>] = await Promise.all([given(Account), given(domain, Account)]);
  // @ts-expect-error: neither a class nor an event
  given(domain, 5);
  // @ts-expect-error: a command is missing
  given(Account).process();
  // @ts-expect-error: an id is a string
  given(Account).withId(7);
  given(Account).process(new Close(), { idempotencyKey: "k", correlationId: "c" });
  // @ts-expect-error: an unknown option of process
  given(Account).process(new Close(), { idempotencyKye: "k" });
  // @ts-expect-error: not a command
  given(Account).process({});
  // @ts-expect-error: not an event
  given(Account, { accountId: "1", amount: 5 });
  // @ts-expect-error: not an event
  given(Account).after({ accountId: "1", amount: 5 });
  // @ts-expect-error: a clock stands at a Date
  fixedClock("2026-02-20");
  // @ts-expect-error: ids begin with a text
  countingIds(5);
  // @ts-expect-error: a clock tells the time
  new Domain("bank", { clock: () => new Date() });
  // @ts-expect-error: ids are made one by one
  new Domain("bank", { ids: () => "1" });
  void [balance, isRich, messages, code, events, amounts, elsewhere, all];
}

@domain.projection({})
class Summary extends Projection({
  accountId: identifier(),
  balance: z.number().default(0),
  note: z.string().optional(),
}) {
  @on(DepositMade, { creates: true })
  deposited(event: DepositMade): void {
    this.balance += event.amount;
  }
}

export async function projectedRows(): Promise<void> {
  const deposit = new DepositMade({ accountId: "1", amount: 5 });
  const row: Summary | undefined = await given(deposit).projected(Summary, "1");
  const balance: number | undefined = row?.balance;
  await given(domain, deposit).withId("1").after(deposit).projected(Summary, "1").is({ balance: 5 });
  await given(Account, deposit).process(new Close()).projected(Summary).isMissing();
  // @ts-expect-error: not a field of the row
  await given(deposit).projected(Summary, "1").is({ sum: 5 });
  // @ts-expect-error: another type of value
  await given(deposit).projected(Summary, "1").is({ balance: "5" });
  // @ts-expect-error: not a projection
  given(deposit).projected(Account, "1");
  // @ts-expect-error: without an aggregate nothing says the key
  given(deposit).projected(Summary);
  await everyRedelivery(Summary, [deposit], { seed: 1, runs: 3, domain });
  // @ts-expect-error: not an event
  await everyRedelivery(Summary, [new Close()]);
  void balance;
}

class Mail {
  readonly #sent: string[] = [];
  async send(to: string): Promise<void> {
    this.#sent.push(to);
  }
}

@domain.eventHandler({ startFrom: "now" })
class DepositMail {
  constructor(
    private readonly mail: Mail,
    private readonly sender: string,
  ) {}

  @handle(DepositMade)
  async send(event: DepositMade): Promise<void> {
    await this.mail.send(`${this.sender} ${event.accountId}`);
  }
}

export async function handledEvents(): Promise<void> {
  const deposit = new DepositMade({ accountId: "1", amount: 5 });
  const result: HandledResult = await given(DepositMail, deposit)
    .with({ send: async () => undefined }, "bank")
    .when(deposit);
  const calls: readonly RecordedCall[] = result.calls;
  await given(domain, DepositMail, deposit).with(new Mail());
  // @ts-expect-error: no such method
  given(DepositMail).with({ post: () => undefined });
  // @ts-expect-error: not a text
  given(DepositMail).with(new Mail(), 5);
  // @ts-expect-error: an event handler makes no rows
  given(DepositMail, deposit).projected(Summary, "1");
  void [calls, result.commands, result.failure];
}

@domain.processManager({})
class Greeting extends ProcessManager({ accountId: identifier(), deposits: z.number().default(0) }) {
  @handle(DepositMade, { start: true })
  deposited(): void {
    this.deposits++;
  }
}

export async function steppedProcesses(): Promise<void> {
  const deposit = new DepositMade({ accountId: "1", amount: 5 });
  const error = new ValidationError({ balance: ["too low"] });
  const chain: GivenProcess<Greeting> = given(Greeting, deposit)
    .withId("1")
    .instance("1")
    .when(deposit)
    .when(timer("expiry"), rejected(new Close(), error));
  const result: ProcessResult<Greeting> = await chain;
  const deposits: number | undefined = result.state?.deposits;
  // @ts-expect-error: there may be none
  result.state.deposits;
  // @ts-expect-error: not a field of the state
  result.state?.sum;
  const commands: readonly CommandRoot[] = [...result.commands, ...chain.allCommands];
  const issued: readonly IssuedByProcess[] = chain.issued;
  const timers: readonly SetTimerOfProcess[] = result.timers;
  const [first] = timers;
  const due: Date | undefined = first?.dueAt;
  const isOver: boolean = chain.completed && result.completed;
  await given(domain, Greeting, deposit);
  // @ts-expect-error: a command comes by rejected(…)
  given(Greeting).when(new Close());
  // @ts-expect-error: an event
  given(Greeting, new Close());
  // @ts-expect-error: nothing comes
  given(Greeting).when();
  // @ts-expect-error: an event is no command
  rejected(deposit, error);
  // @ts-expect-error: the reason is missing
  rejected(new Close());
  // @ts-expect-error: an error of the domain
  rejected(new Close(), new Error("no"));
  // @ts-expect-error: the name is missing
  timer();
  // @ts-expect-error: a process manager makes no rows
  given(Greeting, deposit).projected(Summary, "1");
  // @ts-expect-error: nothing is injected
  given(Greeting, deposit).with(new Mail());
  void [deposits, commands, issued, due, isOver];
}
