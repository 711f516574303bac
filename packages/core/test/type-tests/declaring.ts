import {
  Aggregate,
  type AggregateClass,
  aggregate,
  applicationService,
  apply,
  Command,
  command,
  commandHandler,
  Domain,
  DomainEvent,
  type DomainEventRoot,
  domainService,
  entity,
  event,
  eventHandler,
  every,
  handle,
  identifier,
  invariant,
  processManager,
  projection,
  projector,
  query,
  queryHandler,
  snapshotMigration,
  sqlProjector,
  upcaster,
  valueObject,
} from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("fidelis");

@domain.event({ partOf: "Account" })
class Opened extends DomainEvent({ accountId: identifier(), owner: z.string(), at: z.date().optional() }) {}

@event({ partOf: "Account", name: "MoneyPaidIn" })
class Deposited extends DomainEvent({ amount: z.number(), tags: z.array(z.string()).default([]) }) {}

class Closed extends DomainEvent({}) {
  get isFinal(): boolean {
    return true;
  }
}
class Noted extends DomainEvent({ note: z.string().optional(), level: z.number().default(1) }) {}

// What a message is made of.
new Opened({ accountId: "a", owner: "Alice" });
new Opened({ accountId: "a", owner: "Alice", at: undefined });
new Opened({ accountId: "a", owner: "Alice", at: new Date() });
new Deposited({ amount: 5 });
new Closed();
new Closed({});
new Noted();
new Noted({ note: "x" });
// @ts-expect-error: a missing key
new Opened({ accountId: "a" });
// @ts-expect-error: a misspelt key
new Opened({ accountId: "a", ownr: "Alice" });
// @ts-expect-error: a key too much
new Opened({ accountId: "a", owner: "Alice", extra: 1 });
// @ts-expect-error: a value of another type
new Opened({ accountId: 5, owner: "Alice" });
// @ts-expect-error: a field is required
new Deposited();
// @ts-expect-error: there are no fields
new Closed({ reason: "x" });
// @ts-expect-error: it is not callable without new
Opened({ accountId: "a", owner: "Alice" });

// What a message gives.
const deposited = new Deposited({ amount: 5 });
const amount: number = deposited.amount;
const tags: string[] = deposited.tags;
const at: Date | undefined = new Opened({ accountId: "a", owner: "Alice" }).at;
// @ts-expect-error: messages are frozen
deposited.amount = 6;
// @ts-expect-error: not a field
deposited.amuont;
// @ts-expect-error: a number is no string
const text: string = deposited.amount;

@domain.aggregate({ eventSourced: true, name: "Account", schemaVersion: 2, snapshot: { when: every(5), mode: "sync" } })
class Account extends Aggregate({
  owner: z.string(),
  balance: z.number().default(0),
  at: z.date().optional(),
  status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
}) {
  @invariant.pre
  before(): void {}

  @invariant.post
  after(): void {
    // @ts-expect-error: state fields have the type of the shape
    const wrong: string = this.balance;
    // @ts-expect-error: no such status
    if (this.status === "LOCKED") return;
    void wrong;
  }

  // @ts-expect-error: an invariant has no parameter
  @invariant.post
  withParameter(_state: number): void {}

  @apply(Opened)
  onOpened(event: Opened): void {
    this.owner = event.owner;
    // @ts-expect-error: a number is no string
    this.owner = 5;
    // @ts-expect-error: not a field
    this.ownr = event.owner;
  }

  @apply(Deposited)
  onDeposited({ amount }: Deposited): void {
    this.balance += amount;
    // @ts-expect-error: the id is given once
    this.id = "other";
    // @ts-expect-error: the version is counted
    this.version = 5;
  }

  @apply
  onClosed(_event: Closed): void {}

  @apply(Noted)
  @apply(Closed)
  onEither(_event: Noted | Closed): void {}

  // @ts-expect-error: the parameter is of another class
  @apply(Opened)
  onWrong(_event: Deposited): void {}

  // @ts-expect-error: an @apply method takes one event
  @apply(Closed)
  onTwo(_event: Closed, _more: number): void {}
}

const account = Account.createNew();
const same: Account = account;
const given = Account.createNew({ id: "acc-1" });
const [id, version, isTemporal]: [string, number, boolean] = [given.id, given.version, given.isTemporal];
account.raise(new Closed());
// @ts-expect-error: an object with the fields of an event
account.raise({ amount: 5, tags: [] });
// @ts-expect-error: an empty object
account.raise({});
// @ts-expect-error: the class of an event
account.raise(Closed);
// @ts-expect-error: nothing
account.raise(undefined);
// @ts-expect-error: an object with the fields of an event is none
const lookalike: Deposited = { amount: 5, tags: [] };
const { isFinal: _, ...copied }: Closed = new Closed();
const restored: DomainEventRoot = new Deposited({ ...deposited });

// @ts-expect-error: an id is a string
Account.createNew({ id: 5 });
// @ts-expect-error: no such option
Account.createNew({ ident: "acc-1" });
// @ts-expect-error: an id is given by name
Account.createNew("acc-1");

class Savings extends Account {
  interest(): number {
    return this.balance;
  }
}
const interest: number = Savings.createNew().interest();

// Both families of class decorators have the same members, with the same options and classes.
type ClassDecorators = {
  [K in keyof Domain as Domain[K] extends (options: any) => (target: any) => void ? K : never]: Domain[K];
};
const family: ClassDecorators = {
  aggregate,
  applicationService,
  command,
  commandHandler,
  domainService,
  entity,
  event,
  eventHandler,
  processManager,
  projection,
  projector,
  query,
  queryHandler,
  snapshotMigration,
  sqlProjector,
  upcaster,
  valueObject,
};
// @ts-expect-error: others are missing
const part: ClassDecorators = { aggregate };

// Options of the decorators, and classes without fields.
@aggregate({ eventSourced: true })
class Till extends Aggregate({}) {
  readonly drawers = 1;
  open(): void {}
}
@aggregate({})
class Unsourced extends Aggregate({}) {}
// @ts-expect-error: only true
@aggregate({ eventSourced: false })
class Stateful extends Aggregate({}) {}
// @ts-expect-error: an unknown option
@domain.aggregate({ eventSourced: true, snapshots: {} })
class Misspelt extends Aggregate({}) {}
// @ts-expect-error: an unknown mode
@domain.aggregate({ eventSourced: true, snapshot: { mode: "later" } })
class Late extends Aggregate({}) {}
// @ts-expect-error: partOf is required
@domain.event({})
class Homeless extends DomainEvent({}) {}
// @ts-expect-error: an unknown option
@event({ partOf: Till, versoin: 2 })
class Versioned extends DomainEvent({}) {}
// @ts-expect-error: not an aggregate
@event({ partOf: Closed })
class Misplaced extends DomainEvent({}) {}
// @ts-expect-error: an event is no aggregate
@aggregate({ eventSourced: true })
class NoAggregate extends DomainEvent({}) {}
// @ts-expect-error: a class without a shape is no aggregate
@aggregate({ eventSourced: true })
class Shapeless {}
// @ts-expect-error: the options are missing
@domain.event
class Bare extends DomainEvent({}) {}
// @ts-expect-error: the options are missing
@domain.aggregate
class BareAggregate extends Aggregate({}) {}

// Commands and their handlers.
@command({ partOf: Account })
class Open extends Command({ owner: z.string() }) {}
@domain.command({ partOf: "Account", name: "PayIn" })
class Deposit extends Command({ amount: z.number() }) {}

@domain.commandHandler({ partOf: Account })
class Handler {
  @handle(Open)
  async open(command: Open): Promise<string> {
    return command.owner;
  }

  @handle
  deposit(_command: Deposit): void {}

  // @ts-expect-error: the parameter is of another class
  @handle(Open)
  wrong(_command: Deposit): void {}
}

@commandHandler({ partOf: Account })
class FreeHandler {
  @handle(Deposit)
  deposit({ amount }: Deposit): number {
    return amount;
  }
}
// @ts-expect-error: partOf is required
@commandHandler({})
class HomelessHandler {}
// What its constructor takes is for the domain's resolver to give.
@commandHandler({ partOf: Account })
class NeedyHandler {
  constructor(readonly clock: () => Date) {}
}

// What is raised is an event.
// @ts-expect-error: a command
account.raise(new Open({ owner: "Alice" }));

// An aggregate is made by createNew() and by repositories.
// @ts-expect-error: the constructor is protected
new Account();
// @ts-expect-error: the constructor of a class without fields too
new Till();
// @ts-expect-error: the constructor of a subclass too
new Savings();
// @ts-expect-error: the constructor of a class that was made for each aggregate too
new (withName(Account))();
class Counted extends Aggregate({}) {
  static made = 0;
  constructor() {
    super();
    Counted.made++;
  }
}
const counted: Counted = Counted.createNew();
function withName<B extends typeof Account>(Base: B) {
  abstract class Named extends Base {
    get title(): string {
      return this.owner;
    }
  }
  return Named;
}
const tills: AggregateClass<Till> = Till;
const classes: readonly AggregateClass[] = [Account, Savings, Till, Counted];

// Shapes are made of zod schemas.
// @ts-expect-error: a string is no schema
class Wrong extends DomainEvent({ amount: "number" }) {}

export {
  amount,
  at,
  Bare,
  BareAggregate,
  classes,
  copied,
  counted,
  FreeHandler,
  family,
  Handler,
  Homeless,
  HomelessHandler,
  id,
  interest,
  isTemporal,
  Late,
  lookalike,
  Misplaced,
  Misspelt,
  NeedyHandler,
  NoAggregate,
  part,
  restored,
  Shapeless,
  Stateful,
  same,
  tags,
  text,
  tills,
  Unsourced,
  Versioned,
  version,
  Wrong,
};
