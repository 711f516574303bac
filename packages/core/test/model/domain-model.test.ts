import { tmpdir } from "node:os";

import { z } from "zod";

import {
  Aggregate,
  AggregateRoot,
  aggregate,
  apply,
  Command,
  type ConfigInput,
  ConfigurationError,
  command,
  commandHandler,
  Domain,
  DomainEvent,
  event,
  handle,
  invariant,
  useCase,
} from "../../src/index";

async function faultsOf(declare: (domain: Domain) => void, config: ConfigInput = {}): Promise<readonly string[]> {
  const domain = new Domain("fidelis", { root: tmpdir(), config });
  declare(domain);
  const error: unknown = await domain.init().then(
    () => domain.close(),
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (error instanceof ConfigurationError) return error.faults;
  throw error;
}

/** A sound domain, to which each case adds one fault. */
function sound(domain: Domain) {
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ owner: z.string() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ owner: z.string() }) {
    @apply
    onOpened(event: Opened): void {
      this.owner = event.owner;
    }
  }
  @domain.command({ partOf: Account })
  class Open extends Command({ owner: z.string() }) {}
  @domain.commandHandler({ partOf: Account })
  class Handler {
    @handle
    open(_command: Open): void {}
  }
  return { Opened, Account, Open, Handler };
}

/** Options as a program without type checks would write them. */
const wrong = (options: object) => options as never;

/** The compiler refuses an async invariant. */
const postUnchecked = invariant.post as (...place: any[]) => void;

const CASES: readonly (readonly [string, (domain: Domain) => void, readonly string[]])[] = [
  ["a sound domain", sound, []],
  ["an empty domain", () => undefined, []],
  [
    "services that cannot work",
    (domain) => {
      const { Account } = sound(domain);
      @domain.domainService({ partOf: [Account, "Acount"] })
      class Moving {
        @useCase
        async move(): Promise<void> {}
      }
      @domain.applicationService({ partOf: Account })
      class Idle {
        constructor(readonly clock: () => Date) {}
      }
      domain.domainService(wrong({ partOf: [] }))(class Homeless {});
      @domain.applicationService({ partOf: Account })
      class Lost {
        @useCase
        static async find(): Promise<void> {}
        @handle(sound as never)
        lose(): void {}
      }
      expect([Moving, Idle, Lost].length).toBe(3);
    },
    [
      'Homeless has a bad option "partOf": must be aggregate classes or their names',
      'Moving is part of "Acount", which is not a registered aggregate; did you mean "Account"?',
      "@useCase on Moving.move: a domain service runs in the unit of work of its caller; use cases are an application service's",
      "Idle has no @useCase method",
      "@useCase on Lost.find stands on a static method; it belongs on a method of the instance",
      "@handle on Lost.lose: it does not belong on a method of a service",
      "Idle takes an argument, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })",
    ],
  ],
  [
    "use cases where there are none",
    (domain) => {
      const { Account, Open } = sound(domain);
      useCase(Account.prototype, "onOpened", {});
      class Late {
        @useCase
        async handle(): Promise<void> {}
      }
      domain.commandHandler({ partOf: Account })(Late);
      expect(Open).toBeDefined();
    },
    [
      "@useCase on Account.onOpened: use cases belong on an @applicationService class",
      "@useCase on Late.handle: use cases belong on an @applicationService class",
      "Late has no @handle method",
    ],
  ],
  [
    "an idempotency key in no field",
    (domain) => {
      const { Account } = sound(domain);
      class Close extends Command({ requestId: z.string() }) {}
      domain.command(wrong({ partOf: Account, idempotencyKey: "requestID" }))(Close);
      class Shut extends Command({}) {}
      domain.command(wrong({ partOf: Account, idempotencyKey: 5 }))(Shut);
    },
    [
      'Shut has a bad option "idempotencyKey": must be the name of a field',
      'Close has no field "requestID" to take its idempotency key from',
    ],
  ],
  [
    "a handler that nothing can construct",
    (domain) => {
      const { Account } = sound(domain);

      @domain.command({ partOf: Account })
      class Close extends Command({}) {}

      @domain.commandHandler({ partOf: Account })
      class Closer {
        constructor(
          readonly clock: () => Date,
          readonly reason = "none",
        ) {}

        @handle(Close)
        close(_command: Close): void {}
      }
      expect(Closer.length).toBe(1);
    },
    ["Closer takes an argument, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })"],
  ],
  [
    "an unknown option",
    (domain) => {
      domain.aggregate(wrong({ eventSourced: true, shcemaVersion: 2, colour: "red" }))(
        class Till extends Aggregate({}) {},
      );
    },
    [
      'Till has an unknown option "shcemaVersion"; did you mean "schemaVersion"?',
      'Till has an unknown option "colour"',
    ],
  ],
  [
    "eventSourced missing or false",
    (domain) => {
      domain.aggregate(wrong({}))(class Till extends Aggregate({}) {});
      domain.aggregate(wrong({ eventSourced: false }))(class Safe extends Aggregate({}) {});
    },
    [
      'Till needs the option "eventSourced"',
      'Safe has a bad option "eventSourced": must be true: aggregates kept as current state do not exist yet',
    ],
  ],
  [
    "wrong values of options",
    (domain) => {
      domain.aggregate(wrong({ eventSourced: true, name: "my-till", schemaVersion: 0, snapshot: 5 }))(
        class Till extends Aggregate({}) {},
      );
      const snapshot = { threshold: -1, when: 5, mode: "later", on: ["exit"], keep: 0, evry: 1 };
      domain.aggregate(wrong({ eventSourced: true, schemaVersion: "2", snapshot }))(
        class Safe extends Aggregate({}) {},
      );
      domain.command(wrong({ partOf: 5 }))(class Open extends Command({}) {});
      domain.event(wrong({}))(class Opened extends DomainEvent({}) {});
    },
    [
      'Till has a bad option "name": must be letters, digits and _, such as DepositMade',
      'Till has a bad option "schemaVersion": must be a whole number of at least 1',
      'Till has a bad option "snapshot": must be an object, such as { threshold: 100 }',
      'Safe has a bad option "schemaVersion": must be a whole number of at least 1',
      'Safe has a bad option "snapshot.threshold": must be a whole number of at least 0',
      'Safe has a bad option "snapshot.when": must be a strategy, such as every(100)',
      'Safe has a bad option "snapshot.mode": must be "sync" or "background" or "manual"',
      'Safe has a bad option "snapshot.on": must be a list of "save" and "load"',
      'Safe has a bad option "snapshot.keep": must be a whole number of at least 1',
      'Safe has an unknown option "snapshot.evry"',
      'Open has a bad option "partOf": must be an aggregate class or its name',
      'Opened needs the option "partOf"',
      "Open is part of 5, which is not a registered aggregate",
    ],
  ],
  [
    "two @apply for one event",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        onFilled(_event: Filled): void {}
        @apply
        alsoOnFilled(_event: Filled): void {}
      }
      return Till;
    },
    ["Till applies Filled twice, in onFilled and in alsoOnFilled"],
  ],
  [
    "an event without @apply",
    (domain) => {
      const { Account } = sound(domain);
      domain.event({ partOf: Account })(class Closed extends DomainEvent({}) {});
    },
    ["Account has no @apply method for its event Closed"],
  ],
  [
    "@apply for an event that is not registered, or belongs to another aggregate",
    (domain) => {
      const { Opened } = sound(domain);
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        onFilled(_event: Filled): void {}
        @apply(Opened)
        onOpened(_event: InstanceType<typeof Opened>): void {}
      }
      return Till;
    },
    [
      "Till.onFilled applies Filled, which is not a registered event of Till",
      "Till.onOpened applies Opened, which is not a registered event of Till",
    ],
  ],
  [
    "partOf that names nothing",
    (domain) => {
      class Stranger extends Aggregate({}) {}
      domain.event({ partOf: "Acount" })(class Filled extends DomainEvent({}) {});
      domain.command({ partOf: Stranger })(class Fill extends Command({}) {});
    },
    [
      'Filled is part of "Acount", which is not a registered aggregate',
      "Fill is part of Stranger, which is not a registered aggregate",
    ],
  ],
  [
    "a handler for a command that is not registered",
    (domain) => {
      const { Account } = sound(domain);
      class Close extends Command({}) {}
      @domain.commandHandler({ partOf: Account })
      class Closing {
        @handle(Close)
        close(_command: Close): void {}
      }
      return Closing;
    },
    ["Closing.close handles Close, which is not a registered command"],
  ],
  [
    "two handlers for one command, in two classes and in one",
    (domain) => {
      const { Account, Open } = sound(domain);
      @domain.command({ partOf: Account })
      class Close extends Command({}) {}
      @domain.commandHandler({ partOf: Account })
      class Closing {
        @handle(Open)
        open(_command: InstanceType<typeof Open>): void {}
        @handle(Close)
        close(_command: Close): void {}
        @handle
        closeAgain(_command: Close): void {}
      }
      return Closing;
    },
    [
      "Open is handled twice, by Handler.open and by Closing.open",
      "Close is handled twice, by Closing.close and by Closing.closeAgain",
    ],
  ],
  [
    "a handler class without @handle",
    (domain) => {
      const { Account } = sound(domain);
      domain.commandHandler({ partOf: Account })(class Idle {});
    },
    ["Idle has no @handle method"],
  ],
  [
    "@apply and @invariant on a handler, @handle on an aggregate",
    (domain) => {
      const { Opened, Open } = sound(domain);
      @domain.commandHandler({ partOf: "Account" })
      class Confused {
        @apply(Opened)
        onOpened(_event: InstanceType<typeof Opened>): void {}
        @invariant.post
        holds(): void {}
      }
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @handle(Open)
        open(_command: InstanceType<typeof Open>): void {}
      }
      return [Confused, Till];
    },
    [
      "@handle on Till.open: commands are handled by a @commandHandler class",
      "@apply on Confused.onOpened: it belongs on a method of an aggregate",
      "@invariant.post on Confused.holds: it belongs on a method of an aggregate",
      "Confused has no @handle method",
    ],
  ],
  [
    "async @apply and async @invariant",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        async onFilled(_event: Filled): Promise<void> {}
        @postUnchecked
        async holds(): Promise<void> {}
      }
      return Till;
    },
    [
      "@apply on Till.onFilled is async: folding and checking state waits for nothing",
      "@invariant.post on Till.holds is async: folding and checking state waits for nothing",
    ],
  ],
  [
    "a class in the decorator other than that of the parameter, of the same shape",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({ amount: z.number() }) {}
      @domain.event({ partOf: "Till" })
      class Emptied extends DomainEvent({ amount: z.number() }) {}
      @domain.command({ partOf: "Till" })
      class Fill extends Command({ amount: z.number() }) {}
      @domain.command({ partOf: "Till" })
      class Empty extends Command({ amount: z.number() }) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        onFilled(_event: Emptied): void {}
        @apply(Emptied)
        onEmptied(_event: Emptied): void {}
      }
      @domain.commandHandler({ partOf: Till })
      class Handler {
        @handle(Fill)
        fill(_command: Empty): void {}
      }
      return Handler;
    },
    [
      "@apply(Filled) on Till.onFilled disagrees with its parameter, which is of class Emptied",
      "@handle(Fill) on Handler.fill disagrees with its parameter, which is of class Empty",
    ],
  ],
  [
    "classes that do not extend the right root",
    (domain) => {
      domain.aggregate({ eventSourced: true })(wrong(class Till {}));
      domain.event({ partOf: "Till" })(wrong(class Filled extends Command({}) {}));
      domain.command({ partOf: "Till" })(wrong(class Fill extends DomainEvent({}) {}));
      domain.aggregate({ eventSourced: true })(wrong(class Bare extends AggregateRoot {}));
    },
    [
      "Till is declared as aggregate but does not extend Aggregate({…})",
      "Filled is declared as event but does not extend DomainEvent({…})",
      "Fill is declared as command but does not extend Command({…})",
      "Bare has no shape: extend Aggregate({…})",
      "Till has no @apply method for its event Filled",
    ],
  ],
  [
    "a constructor that fails",
    (domain) => {
      class Till extends Aggregate({}) {
        constructor() {
          super();
          throw new Error("no coins");
        }
      }
      domain.aggregate({ eventSourced: true })(Till);
    },
    ["Till cannot be made without arguments: no coins"],
  ],
  [
    "a field outside of the shape",
    (domain) => {
      class Till extends Aggregate({ cents: z.number().default(0) }) {
        drawer = "closed";
      }
      domain.aggregate({ eventSourced: true })(Till);
    },
    ['Till has the field "drawer" outside of its shape, where no snapshot would keep it; declare it in Aggregate({…})'],
  ],
  [
    "a default that reads the clock or draws a random id",
    (domain) => {
      class Till extends Aggregate({
        at: z.date().default(() => new Date()),
        ms: z.number().default(() => Date.now()),
        id2: z.string().default(() => String(Math.random())),
        nested: z.object({ at: z.date().default(() => new Date()) }).prefault({}),
        fixed: z.date().default(new Date(0)),
      }) {}
      domain.aggregate({ eventSourced: true })(Till);
    },
    ["at", "ms", "id2", "nested"].map(
      (field) => `Till has a default for "${field}" that is another one each time; carry the value in an event`,
    ),
  ],
  [
    "two aggregates with the same streams",
    (domain) => {
      domain.aggregate({ eventSourced: true })(class User extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true })(class user extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true, name: "HTTPClient" })(class First extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true })(class HttpClient extends Aggregate({}) {});
    },
    [
      "User and user share the streams fidelis::user-…; give one another name",
      "HTTPClient and HttpClient share the streams fidelis::http_client-…; give one another name",
    ],
  ],
  [
    "two events, and two commands, with the same stored type",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.event({ partOf: "Till", name: "Filled" })
      class Refilled extends DomainEvent({}) {}
      domain.command({ partOf: "Till" })(class Fill extends Command({}) {});
      domain.command({ partOf: "Till", name: "Fill" })(class Refill extends Command({}) {});
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        @apply(Refilled)
        onFilled(_event: object): void {}
      }
      return Till;
    },
    [
      "2 events are stored as Fidelis.Filled.v1; give one another name",
      "2 commands go by Fidelis.Fill.v1; give one another name",
    ],
  ],
  [
    "names that cannot be stored",
    (domain) => {
      domain.aggregate({ eventSourced: true })(class $Till extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true })(class _ extends Aggregate({}) {});
      domain.aggregate({ eventSourced: true, name: "A" })((() => class extends Aggregate({}) {})());
      domain.command({ partOf: "A" })((() => class extends Command({}) {})());
      domain.event({ partOf: "A", name: "has space" })(class Filled extends DomainEvent({}) {});
    },
    [
      'the class name "$Till" cannot be stored; give the aggregate the option "name"',
      'the class name "_" cannot be stored; give the aggregate the option "name"',
      'the class name "" cannot be stored; give the command the option "name"',
      'Filled has a bad option "name": must be letters, digits and _, such as DepositMade',
      " has no @apply method for its event Filled",
    ],
  ],
  [
    "a class registered twice",
    (domain) => {
      class Till extends Aggregate({}) {}
      domain.aggregate({ eventSourced: true })(Till);
      domain.aggregate({ eventSourced: true, schemaVersion: 2 })(Till);
    },
    ["Till is registered twice, with other options"],
  ],
  [
    "a class of two kinds",
    (domain) => {
      class Till extends Aggregate({}) {}
      domain.aggregate({ eventSourced: true })(Till);
      domain.commandHandler({ partOf: "Till" })(Till);
    },
    ["Till is registered twice, as aggregate and as commandHandler"],
  ],
];

describe("domain.init()", () => {
  it.each(CASES)("tells what is wrong with %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });

  it("lists every fault of every kind at once", async () => {
    const domain = new Domain("fidelis", {
      root: tmpdir(),
      config: { snapshots: { aggregates: { Acount: { threshold: 5 }, Account: { threshold: 5 } } } },
    });
    const { Account } = sound(domain);
    domain.event({ partOf: Account })(class Closed extends DomainEvent({}) {});
    domain.command(wrong({ partOf: "Acount", nam: "X" }))(class Close extends Command({}) {});
    domain.commandHandler({ partOf: Account })(class Idle {});
    await expect(domain.init()).rejects.toThrow(
      new ConfigurationError(
        [
          'Close has an unknown option "nam"; did you mean "name"?',
          "Account has no @apply method for its event Closed",
          'Close is part of "Acount", which is not a registered aggregate; did you mean "Account"?',
          "Idle has no @handle method",
          'config.snapshots.aggregates.Acount: names no aggregate of this domain; did you mean "Account"?',
        ],
        'domain "fidelis"',
      ),
    );
  });

  it("can be called again once the faults are mended", async () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    const { Account, Opened } = (() => {
      @event({ partOf: "Account" })
      class Opened extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Account extends Aggregate({}) {
        @apply(Opened)
        onOpened(_event: Opened): void {}
      }
      return { Account, Opened };
    })();
    await expect(domain.init()).rejects.toThrow(
      'domain "fidelis": Account.onOpened applies Opened, which is not a registered event of Account',
    );
    domain.register(Opened);
    await domain.init();
    expect(await domain.repositoryFor(Account).exists("acc-1")).toBe(false);
    await domain.close();
  });
});

describe("classes declared without a domain", () => {
  function free() {
    @event({ partOf: "Account" })
    class Opened extends DomainEvent({ owner: z.string() }) {}
    @aggregate({ eventSourced: true, name: "Account" })
    class FreeAccount extends Aggregate({ owner: z.string() }) {
      @apply(Opened)
      onOpened({ owner }: Opened): void {
        this.owner = owner;
      }
    }
    @command({ partOf: FreeAccount })
    class Open extends Command({ owner: z.string() }) {}
    const made: string[] = [];
    @commandHandler({ partOf: FreeAccount })
    class Handler {
      @handle(Open)
      open({ owner }: Open): void {
        made.push(owner);
      }
    }
    return { Opened, FreeAccount, Open, Handler, made };
  }

  it("serve every domain that registers them, each with streams of its own", async () => {
    const { Opened, FreeAccount, Open, Handler, made } = free();
    const domains = ["north", "south"].map((name) =>
      new Domain(name, { root: tmpdir() }).register(Opened, FreeAccount, Open, Handler),
    );
    for (const domain of domains) {
      await domain.init();
      const account = FreeAccount.createNew({ id: "acc-1" });
      account.raise(new Opened({ owner: domain.name }));
      await domain.repositoryFor(FreeAccount).add(account);
      await domain.process(new Open({ owner: domain.name }));
    }
    const [north, south] = domains as [Domain, Domain];
    expect((await north.repositoryFor(FreeAccount).get("acc-1")).owner).toBe("north");
    expect((await south.repositoryFor(FreeAccount).get("acc-1")).owner).toBe("south");
    expect([north, south].map((domain) => domain.streamFor(FreeAccount, "acc-1"))).toEqual([
      "north::account-acc-1",
      "south::account-acc-1",
    ]);
    expect(made).toEqual(["north", "south"]);
    await Promise.all(domains.map((domain) => domain.close()));
  });

  it("may be registered twice, and by a second domain after the one that declared them", async () => {
    const first = new Domain("first", { root: tmpdir() });
    const second = new Domain("second", { root: tmpdir() });
    const { Opened, Account, Open, Handler } = sound(first);
    first.register(Opened, Account);
    second.register(Opened, Account, Open, Handler);
    await first.init();
    await second.init();
    expect([...second.aggregates.keys()]).toEqual(["Account"]);
    await first.close();
    await second.close();
  });

  it("must be decorated before they are registered; a subclass inherits no decorator", () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    const { FreeAccount } = free();
    class Undecorated extends FreeAccount {}
    expect(() => domain.register(Undecorated)).toThrow(
      "Cannot register Undecorated: it has no class decorator, such as @aggregate or @event",
    );
    expect(() => domain.register("Account" as never)).toThrow("Cannot register Account: expected a decorated class");
  });

  it("cannot be registered any more once the domain is initialised", async () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    await domain.init();
    const late = 'Domain "fidelis" is initialised already: register everything before domain.init()';
    expect(() => domain.register(free().FreeAccount)).toThrow(late);
    expect(() => domain.event({ partOf: "Account" })(class Late extends DomainEvent({}) {})).toThrow(late);
    await domain.close();
  });
});

describe("a domain's name", () => {
  it.each(["", " ", "-", "7days", "::", 5])("%j is refused", (name) => {
    expect(() => new Domain(name as string)).toThrow("is not a name for a domain");
  });

  it.each([
    ["fidelis", "fidelis::till-1", "Fidelis"],
    ["My shop", "my_shop::till-1", "MyShop"],
    ["my-shop", "my_shop::till-1", "MyShop"],
    ["Größe2", "größe2::till-1", "Größe2"],
  ])("%j begins streams in snake case and types in Pascal case", async (name, stream, prefix) => {
    const domain = new Domain(name, { root: tmpdir() });
    @domain.event({ partOf: "Till" })
    class Filled extends DomainEvent({}) {}
    @domain.aggregate({ eventSourced: true })
    class Till extends Aggregate({}) {
      @apply(Filled)
      onFilled(_event: Filled): void {}
    }
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Filled());
    await domain.repositoryFor(Till).add(till);
    const types: string[] = [];
    for await (const { type } of domain.eventStore.read(stream)) types.push(type);
    expect(types).toEqual([`${prefix}.Filled.v1`]);
    await domain.close();
  });
});
