import { z } from "zod";

import {
  Aggregate,
  anyEvent,
  apply,
  Command,
  Domain,
  type DomainError,
  DomainEvent,
  Entity,
  type EventContext,
  handle,
  hasMany,
  identifier,
  ProcessManager,
  rejected,
  timer,
} from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import { examineModel } from "../../src/model/domain-model";
import type { ProcessManagerModel } from "../../src/model/process-manager-model";
import type { Registry } from "../../src/model/registry";
import { type Case, faultsOf, modelOf, sound, wrong } from "./faults-of";

/** Declares events and a command for process managers. */
function bank(domain: Domain) {
  @domain.event({ partOf: "Transfer", version: 2, formerly: ["Asked"] })
  class TransferAsked extends DomainEvent({ transferId: identifier(), amount: z.number() }) {}
  @domain.upcaster({ event: TransferAsked, from: 1, to: 2 })
  class TransferAskedV2 {
    upcast(data: Record<string, unknown>): Record<string, unknown> {
      return data;
    }
  }
  @domain.event({ partOf: "Transfer" })
  class Withdrawn extends DomainEvent({
    reference: z.string().nullish(),
    related: z.array(z.string()).optional(),
    amount: z.number(),
  }) {}
  @domain.event({ partOf: "Transfer" })
  class Completed extends DomainEvent({ transferId: identifier() }) {}
  @domain.aggregate({ eventSourced: true })
  class Transfer extends Aggregate({}) {
    @apply(TransferAsked)
    asked(): void {}
    @apply(Withdrawn)
    withdrawn(): void {}
    @apply(Completed)
    completed(): void {}
  }
  @domain.command({ partOf: Transfer })
  class Withdraw extends Command({ transferId: identifier() }) {}
  @domain.command({ partOf: Transfer, name: "PayIn" })
  class Deposit extends Command({ transferId: identifier() }) {}
  return { TransferAsked, TransferAskedV2, Withdrawn, Completed, Transfer, Withdraw, Deposit };
}

/** The compiler refuses what some cases write. */
const handleAny = handle as unknown as Unchecked;
const rejectedAny = rejected as unknown as Unchecked;
const timerAny = timer as unknown as Unchecked;
type Unchecked = (...written: unknown[]) => any;

/** The smallest process manager, to which a case adds a fault. */
function smallest(domain: Domain) {
  const declared = bank(domain);
  const { TransferAsked } = declared;
  class FundsTransfer extends ProcessManager({ transferId: identifier(), step: z.string().default("asked") }) {
    @handle(TransferAsked, { start: true })
    asked(): void {}
  }
  return { ...declared, FundsTransfer };
}

function onlyModel(declare: (domain: Domain) => unknown): ProcessManagerModel {
  const [model, ...others] = modelOf(declare).processManagers.values();
  expect(others).toEqual([]);
  return model as ProcessManagerModel;
}

describe("a process manager", () => {
  it("has the options of its decorator, and the careful ones where it says nothing", () => {
    const settingsOf = ({ name, lane, version, startFrom, onFailure, ...rest }: ProcessManagerModel) => {
      const { missing, started, ended, history } = rest;
      return { name, lane, version, startFrom, onFailure, missing, started, ended, history };
    };
    const plain = onlyModel((domain) => domain.processManager({})(smallest(domain).FundsTransfer));
    expect(settingsOf(plain)).toEqual({
      name: "FundsTransfer",
      lane: "default",
      version: 1,
      startFrom: undefined,
      onFailure: undefined,
      missing: "ignore",
      started: "handle",
      ended: "ignore",
      history: false,
    });
    const options = {
      name: "MoneyMoves",
      lane: "slow",
      version: 3,
      startFrom: "now",
      onFailure: "halt",
      missing: "keep",
      started: "park",
      ended: "restart",
      history: true,
    } as const;
    const full = onlyModel((domain) => domain.processManager(options)(smallest(domain).FundsTransfer));
    expect(settingsOf(full)).toEqual(options);
  });

  it("has a category and stored types made of its name, and the first identifier as its key", () => {
    const model = onlyModel((domain) => {
      const { TransferAsked } = bank(domain);
      @domain.processManager({ name: "MoneyMoves" })
      class FundsTransfer extends ProcessManager({ amount: z.number(), id: identifier(), other: identifier() }) {
        @handle(TransferAsked, { start: true, correlate: "transferId" })
        asked(): void {}
      }
      return FundsTransfer;
    });
    expect(model.category).toBe("fidelis::money_moves");
    expect(model.types).toEqual({
      timerFired: "Fidelis.MoneyMovesTimerFired.v1",
      commandRejected: "Fidelis.MoneyMovesCommandRejected.v1",
      moved: "Fidelis.MoneyMovesMoved.v1",
    });
    expect([model.type.name, model.keyField, model.shape.keys]).toEqual([
      "FundsTransfer",
      "id",
      ["amount", "id", "other"],
    ]);
  });

  it("has a method for each event under all of its stored types, for each refused command, and for each timer", () => {
    const model = onlyModel((domain) => {
      const { TransferAsked, Withdrawn, Completed, Withdraw, Deposit } = bank(domain);
      @domain.processManager({})
      class FundsTransfer extends ProcessManager({ transferId: identifier() }) {
        @handle(TransferAsked, { start: true })
        asked(_event: InstanceType<typeof TransferAsked>, _context: EventContext): void {}
        @handle(Withdrawn, { correlate: "reference" })
        @handle(Completed, { end: true })
        either(_event: object): void {}
        @rejected(Withdraw)
        @rejected(Deposit)
        refused(_command: object, _reason: DomainError): void {}
        @timer("expiry")
        @timer("reminder-2")
        expired(): void {}
      }
      return FundsTransfer;
    });
    const methods = [...model.methods].map(([type, { place, method, event, starts, ends }]) => {
      return [type, place, method, event.name, starts, ends];
    });
    expect(methods).toEqual([
      ["Fidelis.TransferAsked.v2", "FundsTransfer.asked", "asked", "TransferAsked", true, false],
      ["Fidelis.TransferAsked.v1", "FundsTransfer.asked", "asked", "TransferAsked", true, false],
      ["Fidelis.Asked.v2", "FundsTransfer.asked", "asked", "TransferAsked", true, false],
      ["Fidelis.Asked.v1", "FundsTransfer.asked", "asked", "TransferAsked", true, false],
      ["Fidelis.Completed.v1", "FundsTransfer.either", "either", "Completed", false, true],
      ["Fidelis.Withdrawn.v1", "FundsTransfer.either", "either", "Withdrawn", false, false],
    ]);
    expect([...model.rejections].map(([type, { place, command }]) => [type, place, command.type.name])).toEqual([
      ["Fidelis.PayIn.v1", "FundsTransfer.refused", "Deposit"],
      ["Fidelis.Withdraw.v1", "FundsTransfer.refused", "Withdraw"],
    ]);
    expect([...model.timers]).toEqual([
      ["reminder-2", { place: "FundsTransfer.expired", method: "expired" }],
      ["expiry", { place: "FundsTransfer.expired", method: "expired" }],
    ]);
    expect(model.sources.map(({ name }) => name)).toEqual(["Transfer"]);
  });

  it("has the upcasters of its state, in a chain that may start at any version", () => {
    const model = onlyModel((domain) => {
      const { FundsTransfer } = smallest(domain);
      domain.processManager({ version: 4 })(FundsTransfer);
      @domain.upcaster({ processManager: FundsTransfer, from: 2, to: 3 })
      class StepsAreNamed {
        upcast(state: Record<string, unknown>): Record<string, unknown> {
          return { ...state, step: "taken" };
        }
      }
      @domain.upcaster({ processManager: "FundsTransfer", from: 3, to: 4 })
      class NothingElse {
        upcast(state: Record<string, unknown>): Record<string, unknown> {
          return state;
        }
      }
      return [StepsAreNamed, NothingElse];
    });
    expect([...model.upcasters].map(([from, { to, name }]) => [from, to, name])).toEqual([
      [2, 3, "StepsAreNamed"],
      [3, 4, "NothingElse"],
    ]);
    expect(model.upcasters.get(2)?.upcaster.upcast({ transferId: "t-1" })).toEqual({
      transferId: "t-1",
      step: "taken",
    });
  });

  it("is a subscription that domain.toml may name", async () => {
    const declare = (domain: Domain) => domain.processManager({})(smallest(domain).FundsTransfer);
    expect(await faultsOf(declare, { subscriptions: { FundsTransfer: { paused: true } } })).toEqual([]);
    expect(await faultsOf(declare, { subscriptions: { FundsTransfr: { paused: true } } })).toEqual([
      expect.stringContaining('did you mean "FundsTransfer"?'),
    ]);
  });

  it("may be a subclass that decorates the method which it overrides once more", () => {
    const model = onlyModel((domain) => {
      const { TransferAsked, FundsTransfer } = smallest(domain);
      class Urgent extends FundsTransfer {
        @handle(TransferAsked, { start: true, end: true })
        override asked(): void {}
      }
      domain.processManager({})(Urgent);
    });
    expect([...model.methods.values()].map(({ place, ends }) => [place, ends])[0]).toEqual(["Urgent.asked", true]);
  });
});

const CASES: readonly Case[] = [
  [
    "a class that extends nothing, and one without methods",
    (domain) => {
      bank(domain);
      domain.processManager({})(wrong(class Plain {}));
      domain.processManager({})(class Idle extends ProcessManager({ id: identifier() }) {});
    },
    [
      "Plain is declared as a process manager but does not extend ProcessManager({…})",
      "Plain has no @handle method",
      "Idle has no @handle method",
    ],
  ],
  [
    "a state without an id, with an optional id, with entities, with a fleeting default, and with a field outside of its shape",
    (domain) => {
      const { TransferAsked } = bank(domain);
      class Line extends Entity({ text: z.string() }) {}
      const start = { start: true, correlate: "transferId" } as const;
      @domain.processManager({})
      class Nameless extends ProcessManager({ transferId: z.string() }) {
        @handle(TransferAsked, start)
        asked(): void {}
      }
      @domain.processManager({})
      class Optional extends ProcessManager({ id: identifier().optional() }) {
        @handle(TransferAsked, start)
        asked(): void {}
      }
      @domain.processManager({})
      class Lines extends ProcessManager({ id: identifier(), lines: hasMany(Line) }) {
        @handle(TransferAsked, start)
        asked(): void {}
      }
      @domain.processManager({})
      class Dated extends ProcessManager({ id: identifier(), at: z.date().default(() => new Date()) }) {
        @handle(TransferAsked, start)
        asked(): void {}
      }
      @domain.processManager({})
      class Counting extends ProcessManager({ id: identifier() }) {
        count = 0;
        @handle(TransferAsked, start)
        asked(): void {}
      }
      return [Nameless, Optional, Lines, Dated, Counting];
    },
    [
      'Counting has the field "count" outside of its shape, so it is never stored; declare it in ProcessManager({…})',
      "Nameless has no id: declare the field that its instances are found by with identifier()",
      'the id "id" of Optional is in every state: declare it with identifier() alone',
      'Lines holds entities in "lines": the state of a process manager holds plain values and value objects',
      'Dated has a default for "at" that differs each time; carry the value in an event',
    ],
  ],
  [
    "a constructor with arguments, and private fields",
    (domain) => {
      const { TransferAsked } = bank(domain);
      @domain.processManager({})
      class Mailing extends ProcessManager({ transferId: identifier() }) {
        #count = 0;
        constructor(readonly mail: object) {
          super();
        }
        @handle(TransferAsked, { start: true })
        @timer("expiry")
        asked(): number {
          this.#count += 1;
          return this.#count;
        }
      }
      return Mailing;
    },
    [
      'Mailing has the field "mail" outside of its shape, so it is never stored; declare it in ProcessManager({…})',
      "Mailing takes arguments, which nothing gives it: a process manager is made of its state, and issues commands for all else",
      "Mailing.asked writes the private field #count, which no state can hold; declare it in ProcessManager({…})",
    ],
  ],
  [
    "no event that starts it",
    (domain) => {
      const { Completed } = bank(domain);
      @domain.processManager({})
      class Endless extends ProcessManager({ transferId: identifier() }) {
        @handle(Completed)
        completed(): void {}
      }
      return Endless;
    },
    ["no event starts Endless: give one @handle { start: true }"],
  ],
  [
    "events that it cannot correlate",
    (domain) => {
      const { TransferAsked, Withdrawn } = bank(domain);
      class FundsTransfer extends ProcessManager({ transferId: identifier() }) {
        @handle(TransferAsked, { start: true })
        asked(): void {}
      }
      const add = (name: string, correlate: unknown) => {
        class Other extends FundsTransfer {
          withdrawn(): void {}
        }
        Object.defineProperty(Other, "name", { value: name });
        handleAny(Withdrawn, { correlate })(Other.prototype, "withdrawn");
        domain.processManager({})(Other);
      };
      add("ByNothing", undefined);
      add("ByMisspelt", "refrence");
      add("ByNumber", "amount");
      add("ByMap", { transferId: "related" });
      add("ByOtherMap", { transferid: "reference" });
      add("ByEmptyMap", {});
      add("ByTwo", { transferId: "reference", other: "related" });
      add("ByFive", 5);
      add("ByMapOfFive", { transferId: 5 });
    },
    [
      'ByNothing.withdrawn correlates Withdrawn by the field "transferId", which Withdrawn lacks; give @handle(Withdrawn) the option "correlate"',
      'ByMisspelt.withdrawn correlates Withdrawn by the field "refrence", which Withdrawn lacks; did you mean "reference"?',
      'ByNumber.withdrawn correlates Withdrawn by the field "amount", which holds neither a text nor a list of texts; give a function',
      'ByOtherMap.withdrawn correlates Withdrawn by "transferid", but an instance of ByOtherMap is found by "transferId": write { correlate: { transferId: "field" } } with a field of Withdrawn',
      'ByEmptyMap.withdrawn correlates Withdrawn by nothing, but an instance of ByEmptyMap is found by "transferId": write { correlate: { transferId: "field" } } with a field of Withdrawn',
      'ByTwo.withdrawn correlates Withdrawn by "transferId", "other", but an instance of ByTwo is found by "transferId": write { correlate: { transferId: "field" } } with a field of Withdrawn',
      '@handle on ByFive.withdrawn has a bad option "correlate": must be the name of a field, { keyField: "field" }, or a function of the event',
      'ByFive.withdrawn correlates Withdrawn by the field "transferId", which Withdrawn lacks; give @handle(Withdrawn) the option "correlate"',
      '@handle on ByMapOfFive.withdrawn has a bad option "correlate": must be the name of a field, { keyField: "field" }, or a function of the event',
      'ByMapOfFive.withdrawn correlates Withdrawn by the field "transferId", which Withdrawn lacks; give @handle(Withdrawn) the option "correlate"',
    ],
  ],
  [
    "two methods for one event, one command and one timer",
    (domain) => {
      const { TransferAsked, Withdraw } = bank(domain);
      @domain.processManager({})
      class Twice extends ProcessManager({ transferId: identifier() }) {
        @handle(TransferAsked, { start: true })
        asked(): void {}
        @handle(TransferAsked)
        askedAgain(): void {}
        @rejected(Withdraw)
        refused(): void {}
        @rejected(Withdraw)
        refusedAgain(): void {}
        @timer("expiry")
        expired(): void {}
        @timer("expiry")
        expiredAgain(): void {}
      }
      return Twice;
    },
    [
      "Twice takes TransferAsked twice, in asked and in askedAgain",
      "Twice takes the refusals of Withdraw twice, in refused and in refusedAgain",
      'Twice has the timer "expiry" twice, in expired and in expiredAgain',
    ],
  ],
  [
    "methods that return later, of each kind",
    (domain) => {
      const { TransferAsked, Withdraw } = bank(domain);
      class Slow extends ProcessManager({ transferId: identifier() }) {
        async asked(): Promise<void> {}
        async refused(): Promise<void> {}
        *expired(): Generator<void> {}
      }
      const { prototype } = Slow as { readonly prototype: any };
      handle(TransferAsked, { start: true })(prototype, "asked");
      rejected(Withdraw)(prototype, "refused", {} as any);
      timer("expiry")(prototype, "expired", {} as any);
      domain.processManager({})(Slow);
    },
    [
      "@handle on Slow.asked is async: a process manager decides at once, and issues a command for what takes time",
      "@rejected on Slow.refused is async: a process manager decides at once, and issues a command for what takes time",
      "@timer on Slow.expired is a generator: calling it runs nothing of it",
    ],
  ],
  [
    "events and commands that are not registered, a command in @handle, and any event",
    (domain) => {
      const { TransferAsked, Withdraw, FundsTransfer } = smallest(domain);
      class Unknown extends DomainEvent({ transferId: identifier() }) {}
      class Cancel extends Command({ transferId: identifier() }) {}
      class Confused extends FundsTransfer {
        @handle(Unknown)
        unknown(): void {}
        @handleAny(Withdraw)
        withdraw(): void {}
        @handle(anyEvent, { correlate: () => "t-1" })
        any(): void {}
        @rejected(Cancel)
        cancelled(): void {}
        @rejectedAny(TransferAsked)
        asksAgain(): void {}
      }
      domain.processManager({})(Confused);
    },
    [
      "Confused.unknown takes Unknown, which is not a registered event",
      "Confused.withdraw takes Withdraw, which is not a registered event",
      "Confused.any takes any event: a process manager takes events by their classes, @handle(AccountOpened)",
      "Confused.cancelled takes the refusals of Cancel, which is not a registered command",
      "Confused.asksAgain takes the refusals of TransferAsked, which is not a registered command",
    ],
  ],
  [
    "timers with bad names, and without any",
    (domain) => {
      const { FundsTransfer } = smallest(domain);
      class Timed extends FundsTransfer {
        a(): void {}
        b(): void {}
        c(): void {}
        d(): void {}
        e(): void {}
      }
      const { prototype } = Timed;
      timerAny("after lunch")(prototype, "a");
      timerAny("")(prototype, "b");
      timerAny(5)(prototype, "c");
      timerAny()(prototype, "d");
      timerAny(prototype, "e", {});
      domain.processManager({})(Timed);
    },
    [
      "@timer on Timed.c was given 5: it takes the name of its timer",
      '@timer on Timed.d needs the name of its timer, such as @timer("expiry")',
      '@timer on Timed.e needs the name of its timer, such as @timer("expiry")',
      '@timer on Timed.a has a bad name "after lunch": must be letters, digits, _ and -, such as "expiry"',
      '@timer on Timed.b has a bad name "": must be letters, digits, _ and -, such as "expiry"',
    ],
  ],
  [
    "options of @handle that are unknown, or for event handlers",
    (domain) => {
      const { TransferAsked } = bank(domain);
      class Batches extends ProcessManager({ transferId: identifier() }) {
        asked(): void {}
      }
      handleAny(TransferAsked, { start: true, batch: true, corelate: "transferId", end: 1 })(
        Batches.prototype,
        "asked",
      );
      domain.processManager({})(Batches);
    },
    [
      '@handle on Batches.asked has an unknown option "batch"',
      '@handle on Batches.asked has an unknown option "corelate"; did you mean "correlate"?',
      '@handle on Batches.asked has a bad option "end": must be true or false',
    ],
  ],
  [
    "options of a process manager in an event handler",
    (domain) => {
      const { TransferAsked } = bank(domain);
      class Mail {
        asked(): void {}
      }
      handleAny(TransferAsked, { start: true })(Mail.prototype, "asked");
      domain.eventHandler({})(Mail);
    },
    ['@handle on Mail.asked has an unknown option "start"'],
  ],
  [
    "names that streams, events and other subscriptions have",
    (domain) => {
      const { TransferAsked, FundsTransfer, Transfer } = smallest(domain);
      class Transfers extends FundsTransfer {}
      class TransferS extends FundsTransfer {}
      class Mail {
        @handle(TransferAsked)
        asked(): void {}
      }
      @domain.event({ partOf: Transfer })
      class FundsTransferTimerFired extends DomainEvent({}) {}
      apply(FundsTransferTimerFired)(Transfer.prototype as object, "completed", {} as any);
      domain.processManager({ name: "Transfer" })(Transfers);
      domain.processManager({ name: "transfer" })(TransferS);
      domain.processManager({})(FundsTransfer);
      domain.eventHandler({ name: "FundsTransfer" })(Mail);
    },
    [
      "Transfer and transfer share the streams fidelis::transfer-…; give one another name",
      "Transfer would share the streams fidelis::transfer-… with the aggregate Transfer; give one another name",
      "transfer would share the streams fidelis::transfer-… with the aggregate Transfer; give one another name",
      "FundsTransfer stores Fidelis.FundsTransferTimerFired.v1, which is what the event FundsTransferTimerFired is stored as; give one another name",
      '"FundsTransfer" is the name of an event handler and of a process manager; give one another name, because their progress is kept under it',
    ],
  ],
  [
    "upcasters that lead nowhere, twice from one version, for two things and for nothing",
    (domain) => {
      const { TransferAsked, FundsTransfer } = smallest(domain);
      domain.processManager({ version: 3 })(FundsTransfer);
      const upcast = (name: string, options: object) => {
        const type = class {
          upcast(state: Record<string, unknown>): Record<string, unknown> {
            return state;
          }
        };
        Object.defineProperty(type, "name", { value: name });
        domain.upcaster(wrong(options))(type);
      };
      upcast("Short", { processManager: FundsTransfer, from: 1, to: 2 });
      upcast("Twin", { processManager: FundsTransfer, from: 1, to: 3 });
      upcast("Beyond", { processManager: FundsTransfer, from: 3, to: 4 });
      upcast("Lost", { processManager: "FundsTransfr", from: 1, to: 2 });
      upcast("Both", { processManager: FundsTransfer, event: TransferAsked, from: 1, to: 2 });
      upcast("Neither", { from: 1, to: 2 });
      domain.upcaster({ processManager: FundsTransfer, from: 2, to: 3 })(wrong(class Idle {}));
      upcast("Circle", { processManager: undefined, from: 1, to: 2 });
    },
    [
      'Both has the options "event" and "processManager", of which it takes one',
      'Neither needs the option "event" or "processManager"',
      'Circle needs the option "processManager", which holds undefined: in a circle of imports a class is not defined yet where the decorator stands; write its name in quotes',
      'Lost upcasts the state of "FundsTransfr", which is not a registered process manager; did you mean "FundsTransfer"?',
      "Twin and Short both upcast FundsTransfer from version 1",
      "Beyond upcasts FundsTransfer to version 4, but FundsTransfer declares version 3",
      "Idle has no method upcast(state)",
      "Short upcasts FundsTransfer to version 2, from which no upcaster leads on to 3",
    ],
  ],
];

describe("the compilation of process managers", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });

  it("has codes of its own for what has no start, and for upcasters that lead nowhere", () => {
    const codes = problemsOf((domain) => {
      const { Completed, FundsTransfer } = smallest(domain);
      domain.processManager({ version: 3 })(FundsTransfer);
      @domain.upcaster({ processManager: FundsTransfer, from: 1, to: 2 })
      class Short {
        upcast(state: Record<string, unknown>): Record<string, unknown> {
          return state;
        }
      }
      @domain.processManager({})
      class Endless extends ProcessManager({ transferId: identifier() }) {
        @handle(Completed)
        completed(): void {}
      }
      return [Short, Endless];
    });
    expect(codes).toEqual([
      ["UPCASTER_UNREACHABLE", "Short"],
      ["PROCESS_MANAGER_WITHOUT_START", "Endless"],
    ]);
  });

  it("keeps a process manager that is faulty elsewhere, for the checks of others", () => {
    const { registry } = declared((domain) => {
      sound(domain);
      domain.processManager(wrong({ missing: "wait" }))(smallest(domain).FundsTransfer);
    });
    const { model, problems } = examineModel("fidelis", registry);
    expect(problems.map(({ message }) => message)).toEqual([
      'FundsTransfer has a bad option "missing": must be "keep", "ignore" or "park"',
    ]);
    expect(Array.from(model.processManagers.keys(), (type: Class) => type.name)).toEqual(["FundsTransfer"]);
  });
});

function declared(declare: (domain: Domain) => unknown): { readonly registry: Registry } {
  const domain = new Domain("fidelis");
  declare(domain);
  return domain as unknown as { readonly registry: Registry };
}

function problemsOf(declare: (domain: Domain) => unknown) {
  const { problems } = examineModel("fidelis", declared(declare).registry);
  return problems.map(({ code, element }) => [code, element]);
}
