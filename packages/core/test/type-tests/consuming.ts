import {
  anyEvent,
  Command,
  type Correlation,
  type DomainError,
  DomainEvent,
  type DomainEventRoot,
  type EventContext,
  eventHandler,
  handle,
  type IssueOptions,
  identifier,
  on,
  type ProcessHandleOptions,
  ProcessManager,
  type ProcessManagerOptions,
  Projection,
  ProjectionOf,
  processManager,
  projection,
  projector,
  Query,
  query,
  queryHandler,
  type RowOf,
  read,
  rejected,
  type SqlStatement,
  sql,
  sqlProjector,
  type TimeOfTimer,
  timer,
  type UpcasterOptions,
  upcaster,
} from "@tidemark/core";
import { z } from "zod";

import { Account, DepositMade, domain, MakeDeposit } from "./readme-example";

@domain.event({ partOf: Account })
class HoldersMerged extends DomainEvent({
  into: identifier(),
  ids: z.array(z.string()),
  at: z.date(),
  note: z.string().optional(),
}) {}

// Projections.
@domain.projection({
  version: 2,
  mode: "inline",
  lane: "screens",
  indexes: [["status", "balance"], { fields: ["holder"], unique: true }],
})
class AccountSummary extends Projection({
  accountId: identifier(),
  holder: z.string().nullish(),
  balance: z.number().default(0),
  status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
}) {
  @on(DepositMade, { creates: true })
  deposited(event: DepositMade, context: EventContext): void {
    this.balance += event.amount;
    const at: Date = context.recordedAt;
    // @ts-expect-error: a number is no string
    this.holder = event.amount;
    // @ts-expect-error: no such status
    this.status = "LOCKED";
    // @ts-expect-error: not a field
    this.balanse = 5;
    // @ts-expect-error: facts are read-only
    context.attempt = 2;
    void at;
  }

  @on(HoldersMerged, { key: (event) => event.ids, missing: "ignore" })
  @on(DepositMade)
  either(_event: HoldersMerged | DepositMade): void {}

  @on(HoldersMerged, { key: "into" })
  merged(_event: HoldersMerged, { delete: erase }: EventContext): void {
    erase();
  }

  @on(HoldersMerged)
  nothing(): void {}

  // @ts-expect-error: the field holds no text
  @on(HoldersMerged, { key: "ids" })
  byList(_event: HoldersMerged): void {}

  // @ts-expect-error: the field may be absent
  @on(HoldersMerged, { key: "note" })
  byNote(_event: HoldersMerged): void {}

  // @ts-expect-error: a key is text
  @on(HoldersMerged, { key: ({ at }) => at })
  byDate(_event: HoldersMerged): void {}

  // @ts-expect-error: nothing says which event
  @on
  bare(_event: HoldersMerged): void {}

  // @ts-expect-error: nothing waits for it
  @on(HoldersMerged)
  promised(_event: HoldersMerged): PromiseLike<void> {
    return Promise.resolve();
  }
}

@projection({ of: Account, only: ["balance"] })
class AccountList extends ProjectionOf(Account) {}

const list = new AccountList();
const [id, version, balance]: [string, number, number] = [list.id, list.version, list.balance];
const row: RowOf<AccountSummary> = { accountId: "a", holder: null, balance: 5, status: "ACTIVE" };
const absent: RowOf<AccountSummary> = { accountId: "a", balance: 5, status: "ACTIVE" };
const state: RowOf<AccountList>["balance"] = 5;
// @ts-expect-error: a number is no string
const wrong: RowOf<AccountSummary> = { accountId: "a", balance: "5", status: "ACTIVE" };
// @ts-expect-error: only aggregates have states
ProjectionOf(AccountSummary);
// @ts-expect-error: names of fields are text
@projection({ indexes: [[5]] })
class WrongIndex extends Projection({ id: identifier() }) {}
// @ts-expect-error: an event is no projection
@projection({})
class NoProjection extends DomainEvent({}) {}

@projector({ for: AccountSummary, lane: "screens" })
class Projector {
  @on(DepositMade)
  deposited(event: DepositMade, summary: AccountSummary, context: EventContext): void {
    summary.balance += event.amount + context.position;
    this.note(event, summary);
  }

  note(_event: DepositMade, _summary: AccountSummary): void {}

  // @ts-expect-error: the context comes last
  @on(DepositMade)
  mixed(_event: DepositMade, _context: EventContext, _summary: AccountSummary): void {}
}
@domain.projector({ for: "AccountSummary" })
class Named {
  @on(DepositMade)
  deposited(_event: DepositMade, _row: AccountList): void {}
}
// @ts-expect-error: the rows are others
@domain.projector({ for: AccountSummary })
class OtherRows {
  @on(DepositMade)
  deposited(_event: DepositMade, _row: AccountList): void {}
}
// @ts-expect-error: nothing gives it arguments
@domain.projector({ for: AccountSummary })
class NeedyProjector {
  constructor(readonly clock: () => Date) {}
}
// @ts-expect-error: the projection is missing
@projector({})
class Homeless {}

@sqlProjector({ tables: ["volume"] })
class Volume {
  @on(DepositMade)
  deposited(event: DepositMade, context: EventContext): readonly SqlStatement[] {
    const table = sql.identifier("volume");
    const condition = sql`day = ${context.recordedAt}`;
    return [
      sql`update ${table} set amount = amount + ${event.amount} where ${condition}`,
      sql`select ${null}, ${5n}, ${true}`,
    ];
  }
}
// @ts-expect-error: tables are missing
@sqlProjector({})
class Tableless {}
// @ts-expect-error: undefined cannot be bound
sql`select ${undefined}`;
// @ts-expect-error: lists cannot be bound
sql`select ${[1, 2]}`;

// Queries.
@query({ of: AccountSummary })
class Rich extends Query({ min: z.number() }, { returns: z.array(z.object({ id: z.string() })) }) {}
@domain.query({ of: "AccountSummary" })
class Anything extends Query({}) {}

@queryHandler({ of: AccountSummary })
class Queries {
  @read(Rich)
  async rich({ min }: Rich): Promise<readonly { readonly id: string }[]> {
    return min > 5 ? [] : [{ id: "a" }];
  }

  @read(Anything)
  anything(_query: Anything): number {
    return 5;
  }

  // @ts-expect-error: the query declares another result
  @read(Rich)
  async poor(_query: Rich): Promise<readonly { readonly name: string }[]> {
    return [];
  }

  // @ts-expect-error: a command is no query
  @read(MakeDeposit)
  command(_command: MakeDeposit): void {}
}
// @ts-expect-error: of is required
@queryHandler({})
class NoView {}
// @ts-expect-error: an aggregate is no projection
@query({ of: Account })
class OfAggregate extends Query({}) {}
// @ts-expect-error: a value of another type
new Rich({ min: "5" });

// Event handlers.
@eventHandler({ name: "welcome-mail", startFrom: 5, lane: "mail", retry: { attempts: 5, first: "1s" }, timeout: "30s" })
class WelcomeMail {
  constructor(readonly mail: { send(to: string): Promise<void> }) {}

  @handle(DepositMade)
  async send(event: DepositMade, context: EventContext): Promise<void> {
    await this.mail.send(event.accountId);
    const nothing: unknown = await context.process(new MakeDeposit({ accountId: event.accountId, amount: 5 }));
    // @ts-expect-error: an event is no command
    await context.process(event);
    void nothing;
  }

  @handle(DepositMade, { batch: true })
  async sendAll(events: readonly DepositMade[], contexts: readonly EventContext[]): Promise<number> {
    return events.length + contexts.length;
  }

  @handle(anyEvent)
  audit(_event: DomainEventRoot, _context: EventContext): void {}

  @handle(anyEvent, { batch: true })
  auditAll(_events: readonly object[]): void {}

  // @ts-expect-error: the parameter is of another class
  @handle(DepositMade)
  other(_event: HoldersMerged): void {}

  // @ts-expect-error: it takes one event
  @handle(DepositMade, { batch: true })
  one(_event: DepositMade): void {}

  // @ts-expect-error: an array is wanted only where batch says so
  @handle(DepositMade, { batch: false })
  all(_events: readonly DepositMade[]): void {}
}
// @ts-expect-error: a duration is text
@eventHandler({ timeout: 5 })
class Impatient {}
// @ts-expect-error: a position is a number
@eventHandler({ startFrom: 5n })
class Positioned {}

@eventHandler({ sequentialBy: "accountId" })
class ByField {
  @handle(DepositMade)
  one(_event: DepositMade): void {}
  @handle(DepositMade, { batch: true })
  all(_events: readonly DepositMade[]): void {}
}
@eventHandler({ sequentialBy: "all" })
class OneLine {
  @handle(anyEvent)
  audit(_event: DomainEventRoot): void {}
}
@eventHandler({ sequentialBy: (event: DepositMade) => event.accountId })
class ByFunction {
  @handle(DepositMade)
  one(_event: DepositMade): void {}
}
// @ts-expect-error: an event lacks the field
@eventHandler({ sequentialBy: "amount" })
class ByMissingField {
  @handle(DepositMade)
  one(_event: DepositMade): void {}
  @handle(HoldersMerged)
  other(_event: HoldersMerged): void {}
}
// @ts-expect-error: an event in an array lacks the field
@eventHandler({ sequentialBy: "nothing" })
class ByMissingFieldOfArray {
  @handle(DepositMade, { batch: true })
  all(_events: readonly DepositMade[]): void {}
}
// @ts-expect-error: not every event has a field
@eventHandler({ sequentialBy: "accountId" })
class ByFieldOfAny {
  @handle(anyEvent)
  audit(_event: DomainEventRoot): void {}
}
// @ts-expect-error: the key is text
@eventHandler({ sequentialBy: (event: DepositMade) => event.amount })
class ByNumber {}

domain
  .on(DepositMade, { name: "by-field", sequentialBy: "accountId" }, () => {})
  .on(DepositMade, { name: "by-function", sequentialBy: (event) => `${event.accountId}-${event.amount}` }, () => {})
  .on(anyEvent, { name: "one-line", sequentialBy: "all" }, () => {});
// @ts-expect-error: the event lacks the field
domain.on(DepositMade, { name: "by-missing", sequentialBy: "holder" }, () => {});
// @ts-expect-error: not every event has a field
domain.on(anyEvent, { name: "by-field-of-any", sequentialBy: "accountId" }, () => {});
// @ts-expect-error: the key is text
domain.on(DepositMade, { name: "by-number", sequentialBy: (event) => event.amount }, () => {});

domain
  .on(DepositMade, { name: "deposits", startFrom: "now" }, async (event, context) => {
    const sum: number = event.amount + context.globalPosition;
    return sum;
  })
  .on(anyEvent, { name: "audit", batch: true }, (events, contexts) => {
    const first: DomainEventRoot | undefined = events[0];
    const type: string | undefined = contexts[0]?.type;
    return [first, type];
  });
// @ts-expect-error: the name is missing
domain.on(DepositMade, {}, () => {});
// @ts-expect-error: a command is no event
domain.on(MakeDeposit, { name: "commands" }, () => {});
// @ts-expect-error: the event is of another class
domain.on(DepositMade, { name: "merged" }, (_event: HoldersMerged) => {});
// @ts-expect-error: events come one by one
domain.on(DepositMade, { name: "list" }, (_events: readonly DepositMade[]) => {});

export {
  AccountList,
  AccountSummary,
  absent,
  ByField,
  ByFieldOfAny,
  ByFunction,
  ByMissingField,
  ByMissingFieldOfArray,
  ByNumber,
  balance,
  Homeless,
  Impatient,
  id,
  Named,
  NeedyProjector,
  NoProjection,
  NoView,
  OfAggregate,
  OneLine,
  OtherRows,
  Positioned,
  Projector,
  Queries,
  row,
  state,
  Tableless,
  Volume,
  version,
  WelcomeMail,
  WrongIndex,
  wrong,
};

@eventHandler({ onFailure: "skip" })
class SkipsFailures {
  @handle(DepositMade)
  made(_: DepositMade): void {}
}
void SkipsFailures;

@projection({ onFailure: "halt" })
class HaltsAtFailures extends Projection({ accountId: identifier() }) {
  @on(DepositMade, { creates: true })
  made(_: DepositMade): void {}
}
void HaltsAtFailures;

// @ts-expect-error onFailure is "park", "halt" or "skip"
@eventHandler({ onFailure: "retry" })
class RetriesFailures {
  @handle(DepositMade)
  made(_: DepositMade): void {}
}
void RetriesFailures;

@sqlProjector({ tables: ["volume"], onFailure: "skip" })
class SkippedVolume {
  @on(DepositMade)
  made({ amount }: DepositMade): SqlStatement {
    return sql`update volume set amount = amount + ${amount}`;
  }
}
void SkippedVolume;

// @ts-expect-error an SQL projector cannot set keys aside
@sqlProjector({ tables: ["volume"], onFailure: "park" })
class ParkedVolume {
  @on(DepositMade)
  made({ amount }: DepositMade): SqlStatement {
    return sql`update volume set amount = amount + ${amount}`;
  }
}
void ParkedVolume;

// @ts-expect-error skipping takes a reason
void domain.skipParked({ subscription: "AccountSummary", key: "a-1" });

// Process managers.
const options: ProcessManagerOptions = { name: "Moves", version: 2, lane: "slow", missing: "keep", ended: "park" };

@domain.command({ partOf: Account })
class Note extends Command({ text: z.string() }, { returns: z.number() }) {}

@domain.processManager(options)
class Merging extends ProcessManager({
  into: identifier(),
  count: z.number().default(0),
  step: z.enum(["ASKED", "DONE"]).default("ASKED"),
  at: z.date().optional(),
}) {
  @handle(HoldersMerged, { start: true, correlate: "into" })
  merged(event: HoldersMerged, context: EventContext): void {
    this.count += event.ids.length + context.position;
    this.at = event.at;
    this.step = "DONE";
    const issue: IssueOptions = { priority: 1, lane: "mail", deadline: { at: event.at } };
    this.issue(new Note({ text: event.into }), issue);
    this.issue(new MakeDeposit({ accountId: event.into, amount: 5 }), { deadline: { after: "1h" } });
    const time: TimeOfTimer = { after: "10m" };
    this.setTimer("expiry", time);
    this.setTimer("expiry", { at: event.at });
    this.cancelTimer("expiry");
    // @ts-expect-error: no such step
    this.step = "TAKEN";
    // @ts-expect-error: not a field
    this.total = 5;
    // @ts-expect-error: an event is no command
    this.issue(event);
    // @ts-expect-error: a time is needed
    this.setTimer("expiry");
    // @ts-expect-error: a length of time is text
    this.setTimer("expiry", { after: 5 });
    // @ts-expect-error: an unknown option
    this.issue(new Note({ text: "" }), { prio: 5 });
  }

  @handle(DepositMade, { correlate: { into: "accountId" } })
  @handle(HoldersMerged, { correlate: "ids", end: true })
  either(_event: DepositMade | HoldersMerged): void {}

  @handle(HoldersMerged, { correlate: "note" })
  byOptional(): void {}

  @handle(HoldersMerged, {
    correlate: ({ ids, note }, { aggregateId }) => (note === undefined ? undefined : [...ids, aggregateId]),
  })
  byFunction(_event: HoldersMerged): void {}

  @handle(DepositMade, {})
  plain(_event: DepositMade): void {
    this.complete();
  }

  @rejected(Note)
  notNoted(command: Note, reason: DomainError): void {
    const text: string = command.text;
    const code: string = reason.code;
    void [text, code];
    // @ts-expect-error: not a field of the command
    void command.amount;
  }

  @rejected(MakeDeposit)
  @rejected(Note)
  neither(_command: MakeDeposit | Note): void {}

  @timer("expiry")
  @timer("reminder")
  expired(): void {}

  // @ts-expect-error: the field holds a date
  @handle(HoldersMerged, { correlate: "at" })
  byDate(_event: HoldersMerged): void {}

  // @ts-expect-error: the event has no such field
  @handle(HoldersMerged, { correlate: { into: "accountId" } })
  byOtherMap(_event: HoldersMerged): void {}

  // @ts-expect-error: an id is text
  @handle(HoldersMerged, { correlate: ({ at }) => at })
  byWrongFunction(_event: HoldersMerged): void {}

  // @ts-expect-error: a promise gives no ids
  @handle(HoldersMerged, { correlate: async ({ into }) => into })
  byPromise(_event: HoldersMerged): void {}

  // @ts-expect-error: the parameter is of another class
  @handle(DepositMade, { start: true })
  other(_event: HoldersMerged): void {}

  // @ts-expect-error: the command is of another class
  @rejected(Note)
  otherCommand(_command: MakeDeposit): void {}

  // @ts-expect-error: the reason is an error of the domain
  @rejected(Note)
  otherReason(_command: Note, _reason: string): void {}

  // @ts-expect-error: there is nothing else
  @rejected(Note)
  third(_command: Note, _reason: DomainError, _count: number): void {}

  // @ts-expect-error: a timer carries nothing
  @timer("expiry")
  withParameter(_name: string): void {}

  // @ts-expect-error: a name is text
  @timer(5)
  numbered(): void {}

  // @ts-expect-error: nothing says which command
  @rejected
  bareRejected(_command: Note): void {}

  // @ts-expect-error: nothing says which timer
  @timer
  bareTimer(): void {}
}
// @ts-expect-error: history is true or false
@processManager({ history: "all" })
class Historic extends ProcessManager({ id: identifier() }) {}
// @ts-expect-error: a projection is no process manager
@processManager({})
class NoManager extends Projection({ id: identifier() }) {}

const ofProcess: UpcasterOptions = { processManager: Merging, from: 1, to: 2 };
const byName: UpcasterOptions = { processManager: "Merging", from: 1, to: 2 };
// @ts-expect-error: an upcaster is for something
const ofNothing: UpcasterOptions = { from: 1, to: 2 };
// @ts-expect-error: an upcaster is for one thing
const ofBoth: UpcasterOptions = { event: DepositMade, processManager: Merging, from: 1, to: 2 };
// @ts-expect-error: a projection has no upcasters
const ofProjection: UpcasterOptions = { processManager: AccountSummary, from: 1, to: 2 };
@upcaster(ofProcess)
class MergingV2 {
  upcast(state: Record<string, unknown>): Record<string, unknown> {
    return { ...state, step: "DONE" };
  }
}

const correlation: Correlation<DepositMade> = "accountId";
const handleOptions: ProcessHandleOptions<DepositMade> = { start: true, end: false, correlate: correlation };
// @ts-expect-error: the field holds a number
const amount: Correlation<DepositMade> = "amount";
void [Historic, NoManager, MergingV2, byName, ofNothing, ofBoth, ofProjection, handleOptions, amount];
