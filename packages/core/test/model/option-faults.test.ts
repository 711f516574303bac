import { type ElementKind, KINDS, rulesOf } from "../../src/decorators/element-kinds";
import { Aggregate, apply, Command, DomainEvent } from "../../src/index";
import { type Case, elementOf, faultsOf, sound, wrong } from "./faults-of";

const REQUIRED: Readonly<Record<ElementKind, readonly string[]>> = {
  aggregate: [],
  entity: ["partOf"],
  valueObject: [],
  event: ["partOf"],
  command: ["partOf"],
  commandHandler: ["partOf"],
  domainService: ["partOf"],
  applicationService: ["partOf"],
  snapshotMigration: ["aggregate", "from", "to"],
  upcaster: ["event", "from", "to"],
  projection: [],
  projector: ["for"],
  sqlProjector: ["tables"],
  query: ["of"],
  queryHandler: ["of"],
  eventHandler: [],
  processManager: [],
};

const CASES: readonly Case[] = [
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
    "eventSourced as false",
    (domain) => {
      domain.aggregate(wrong({ eventSourced: false }))(class Safe extends Aggregate({}) {});
    },
    ['Safe has a bad option "eventSourced": must be true; leave it out for aggregates that are stored as their state'],
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
      domain.aggregate(wrong({ eventSourced: true, schemaVersion: 202_602_201_234 }))(
        class Vault extends Aggregate({}) {},
      );
      domain.snapshotMigration(wrong({ aggregate: "Vault", from: 1, to: 2 ** 31 }))(
        class Widened {
          migrate(state: Record<string, unknown>) {
            return state;
          }
        },
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
      'Vault has a bad option "schemaVersion": must be at most 2147483647',
      'Widened has a bad option "to": must be at most 2147483647',
      'Open has a bad option "partOf": must be an aggregate class or its name',
      'Opened needs the option "partOf"',
    ],
  ],
];

describe("the check of options", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});

describe("the options of events", () => {
  it("are checked", async () => {
    const faults = await faultsOf((domain) => {
      const options = { partOf: "Account", version: 1.5, formerly: "Created", deprecated: "" };
      const Opened = class Opened extends DomainEvent({}) {};
      domain.event(wrong(options))(Opened);
      @domain.aggregate(wrong({ eventSourced: true, skipEvents: [5] }))
      class Account extends Aggregate({}) {
        @apply(Opened)
        onOpened(): void {}
      }
      domain.event(wrong({ partOf: Account, version: 0, formerly: ["not-a-name"] }))(
        class Closed extends DomainEvent({}) {},
      );
    });
    expect(faults).toEqual([
      'Opened has a bad option "version": must be a whole number of at least 1',
      'Opened has a bad option "formerly": must be a list of names, such as ["DepositMade"]',
      'Opened has a bad option "deprecated": must be true, or advice such as "use DepositMade"',
      'Account has a bad option "skipEvents": must be a list of names or stored types, such as ["DepositMade"]',
      'Closed has a bad option "version": must be a whole number of at least 1',
      'Closed has a bad option "formerly": must be a list of names, such as ["DepositMade"]',
      "Account has no @apply method for its event Closed",
    ]);
  });
});

const CIRCLE =
  ", which holds undefined: in a circle of imports a class is not defined yet where the decorator stands; write its name in quotes";

it("a class that is undefined in a circle of imports is told apart from one that was left out", async () => {
  const faults = await faultsOf((domain) => {
    const { Account } = sound(domain);
    domain.event(wrong({ partOf: undefined }))(class Opened2 extends DomainEvent({}) {});
    domain.command(wrong({}))(class Open2 extends Command({}) {});
    domain.domainService(wrong({ partOf: [Account, undefined] }))(class Service {});
    domain.upcaster(wrong({ event: undefined, from: 1, to: 2 }))(
      class Upcaster {
        upcast = (data: Record<string, unknown>) => data;
      },
    );
    domain.applicationService(wrong({ partOf: () => Account }))(class Lazy {});
  });
  expect(faults).toEqual(
    expect.arrayContaining([
      `Opened2 needs the option "partOf"${CIRCLE}`,
      'Open2 needs the option "partOf"',
      `Service needs the option "partOf"${CIRCLE}`,
      `Upcaster needs the option "event"${CIRCLE}`,
      "Lazy is part of a function, which is not a registered aggregate; write the class itself, or its name in quotes",
    ]),
  );
});

describe("an option of any kind", () => {
  it.each(KINDS)("is reported for %s when it is unknown, with the known one that it resembles", async (kind) => {
    const [known] = Object.keys(rulesOf(kind).options) as [string];
    const misspelt = `${known}x`;
    const faults = await faultsOf((domain) => elementOf(domain, kind, { [misspelt]: 1, colour: "red" })[1]());
    expect(faults.filter((fault) => fault.includes("unknown option"))).toEqual([
      `Declared has an unknown option "${misspelt}"; did you mean "${known}"?`,
      'Declared has an unknown option "colour"',
    ]);
  });

  it.each(KINDS)("is reported for %s when it is invalid, and taken for left out when it is undefined", async (kind) => {
    const options = Object.keys(rulesOf(kind).options);
    const bad = Object.fromEntries(options.map((option) => [option, Symbol("bad")]));
    const badFaults = await faultsOf((domain) => elementOf(domain, kind, bad)[1]());
    expect(
      options.filter((option) => !badFaults.some((fault) => fault.includes(`a bad option "${option}": must`))),
    ).toEqual([]);
    const absent = Object.fromEntries(options.map((option) => [option, undefined]));
    const absentFaults = await faultsOf((domain) => elementOf(domain, kind, absent)[1]());
    expect(absentFaults.filter((fault) => fault.includes("bad option"))).toEqual([]);
    expect(absentFaults.filter((fault) => fault.includes("needs the option"))).toEqual(
      REQUIRED[kind].map((option) => {
        const isReference = rulesOf(kind).references?.some((reference) => reference.option === option);
        return `Declared needs the option "${option}"${isReference ? CIRCLE : ""}`;
      }),
    );
  });
});

it("an invalid option is reported once, however many of its items are invalid", async () => {
  const faults = await faultsOf((domain) => {
    domain.aggregate(wrong({ eventSourced: true, skipEvents: [5, "", 6], snapshot: { on: ["exit", "enter"] } }))(
      class Till extends Aggregate({}) {},
    );
    domain.aggregate(wrong({ eventSourced: true, snapshot: [] }))(class Safe extends Aggregate({}) {});
  });
  expect(faults).toEqual([
    'Till has a bad option "snapshot.on": must be a list of "save" and "load"',
    'Till has a bad option "skipEvents": must be a list of names or stored types, such as ["DepositMade"]',
    'Safe has a bad option "snapshot": must be an object, such as { threshold: 100 }',
  ]);
});
