import { Aggregate, AggregateRoot, Command, DomainEvent, handle } from "../../src/index";
import { type Case, faultsOf, sound, wrong } from "./faults-of";

const CASES: readonly Case[] = [
  [
    "classes that do not extend the right root",
    (domain) => {
      domain.aggregate({ eventSourced: true })(wrong(class Till {}));
      domain.event({ partOf: "Till" })(wrong(class Filled extends Command({}) {}));
      domain.command({ partOf: "Till" })(wrong(class Fill extends DomainEvent({}) {}));
      domain.aggregate({ eventSourced: true })(wrong(class Bare extends AggregateRoot {}));
    },
    [
      "Till is declared as an aggregate but does not extend Aggregate({…})",
      "Filled is declared as an event but does not extend DomainEvent({…})",
      "Fill is declared as a command but does not extend Command({…})",
      "Bare has no shape: extend Aggregate({…})",
      "Till has no @apply method for its event Filled",
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
];

describe("the check of declared classes", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
