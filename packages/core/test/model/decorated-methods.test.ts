import { z } from "zod";

import { type ElementKind, KINDS } from "../../src/decorators/element-kinds";
import {
  Aggregate,
  apply,
  Command,
  DomainEvent,
  Entity,
  handle,
  invariant,
  on,
  Query,
  read,
  rejected,
  timer,
  useCase,
  ValueObject,
} from "../../src/index";
import type { MethodKind } from "../../src/metadata/method-mark";
import { type Case, elementOf, faultsOf, sound } from "./faults-of";

/** The compiler refuses an async invariant. */
const postUnchecked = invariant.post as (...place: any[]) => void;

const CASES: readonly Case[] = [
  [
    "use cases outside of application services",
    (domain) => {
      const { Account, Open } = sound(domain);
      useCase(Account.prototype, "onOpened", {} as any);
      class Late {
        @useCase
        async handle(): Promise<void> {}
      }
      domain.commandHandler({ partOf: Account })(Late);
      expect(Open).toBeDefined();
    },
    [
      "@useCase on Account.onOpened: it belongs on a method of an application service",
      "@useCase on Late.handle: it belongs on a method of an application service",
      "Late has no @handle method",
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
      "@apply on Confused.onOpened: it belongs on a method of an aggregate",
      "@invariant.post on Confused.holds: it belongs on a method of an aggregate, an entity or a value object",
      "Confused has no @handle method",
      "@handle on Till.open: it belongs on a method of a command handler, an event handler or a process manager",
    ],
  ],
  [
    "async @apply and async @invariant",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        // @ts-expect-error: the compiler refuses it too
        @apply(Filled)
        async onFilled(_event: Filled): Promise<void> {}
        @postUnchecked
        async holds(): Promise<void> {}
      }
      return Till;
    },
    [
      "@apply on Till.onFilled is async: folding and checking state cannot wait",
      "@invariant.post on Till.holds is async: folding and checking state cannot wait",
    ],
  ],
  [
    "@apply on a generator, which would run nothing",
    (domain) => {
      @domain.event({ partOf: "Till" })
      class Filled extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Till extends Aggregate({}) {
        @apply(Filled)
        *onFilled(_event: Filled): Generator<void> {}
      }
      return Till;
    },
    ["@apply on Till.onFilled is a generator: calling it runs nothing of it"],
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
];

describe("the check of decorated methods", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});

const DECORATORS: Readonly<Record<MethodKind, (target: object) => void>> = {
  apply: (target) => apply(DomainEvent({}))(target, "run", {} as any),
  handle: (target) => handle(Command({}))(target, "run", {} as any),
  "invariant.pre": (target) => invariant.pre(target, "run", {} as any),
  "invariant.post": (target) => invariant.post(target, "run", {} as any),
  on: (target) => on(DomainEvent({}))(target, "run", {} as any),
  read: (target) => read(Query({}))(target, "run", {} as any),
  rejected: (target) => rejected(Command({}))(target, "run", {} as any),
  timer: (target) => timer("expiry")(target, "run", {} as any),
  useCase: (target) => useCase(target, "run", {} as any),
};

const PLACES: Readonly<Record<MethodKind, readonly [kinds: readonly ElementKind[], inWords: string]>> = {
  apply: [["aggregate"], "an aggregate"],
  handle: [
    ["commandHandler", "eventHandler", "processManager"],
    "a command handler, an event handler or a process manager",
  ],
  "invariant.pre": [["aggregate", "entity"], "an aggregate or an entity"],
  "invariant.post": [["aggregate", "entity", "valueObject"], "an aggregate, an entity or a value object"],
  on: [["projection", "projector", "sqlProjector"], "a projection, a projector or an SQL projector"],
  read: [["queryHandler"], "a query handler"],
  rejected: [["processManager"], "a process manager"],
  timer: [["processManager"], "a process manager"],
  useCase: [["applicationService"], "an application service"],
};

const METHODS = Object.keys(DECORATORS) as readonly MethodKind[];

describe.each(METHODS)("@%s", (method) => {
  const [places, inWords] = PLACES[method];

  it.each(KINDS)("on a method of a class declared as %s is reported unless it belongs there", async (kind) => {
    const faults = await faultsOf((domain) => {
      const [type, declare] = elementOf(domain, kind);
      DECORATORS[method](type.prototype);
      declare();
    });
    const misplaced = faults.filter((fault) => fault.startsWith(`@${method} on Declared.run: it belongs on`));
    if (places.includes(kind)) expect(misplaced).toEqual([]);
    else expect(misplaced).toEqual([expect.stringContaining(`: it belongs on a method of ${inWords}`)]);
  });
});

it("an invariant of an entity or a value object is reported when it is async", async () => {
  const faults = await faultsOf((domain) => {
    class Line extends Entity({}) {
      @postUnchecked
      async holds(): Promise<void> {}
    }
    class Money extends ValueObject({}) {
      @postUnchecked
      async holds(): Promise<void> {}
    }
    const { Account } = sound(domain);
    domain.entity({ partOf: Account })(Line);
    domain.valueObject({})(Money);
  });
  expect(faults).toEqual([
    "@invariant.post on Line.holds is async: folding and checking state cannot wait",
    "@invariant.post on Money.holds is async: folding and checking state cannot wait",
  ]);
});

it("a decorator without its class is reported once", async () => {
  const faults = await faultsOf((domain) => {
    const { Account } = sound(domain);
    class Late {
      open(): void {}
    }
    handle<any>(undefined as never)(Late.prototype, "open", {} as any);
    domain.commandHandler({ partOf: Account })(Late);
  });
  expect(faults).toEqual([
    "@handle on Late.open was given undefined: the class is not defined yet where the decorator stands, as in a circle of imports",
  ]);
});

it("a parameter whose class is imported as a type agrees with any class in the decorator", async () => {
  const faults = await faultsOf((domain) => {
    const { Account } = sound(domain);
    @domain.command({ partOf: Account })
    class Close extends Command({}) {}
    class Late {
      close(_command: Close): void {}
    }
    Reflect.defineMetadata("design:paramtypes", [Function], Late.prototype, "close");
    handle(Close)(Late.prototype, "close", Object.getOwnPropertyDescriptor(Late.prototype, "close")!);
    domain.commandHandler({ partOf: Account })(Late);
  });
  expect(faults).toEqual([]);
});
