import { handle, useCase } from "../../src/index";
import { type Case, faultsOf, sound, wrong } from "./faults-of";

const CASES: readonly Case[] = [
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
        @handle<any>(sound as never)
        lose(): void {}
      }
      expect([Moving, Idle, Lost].length).toBe(3);
    },
    [
      'Homeless has a bad option "partOf": must be aggregate classes or their names',
      'Moving is part of "Acount", which is not a registered aggregate; did you mean "Account"?',
      "@useCase on Moving.move: it belongs on a method of an application service; a domain service runs in the unit of work of its caller",
      "Idle has no @useCase method",
      "@useCase on Lost.find stands on a static method; it belongs on a method of the instance",
      "@handle on Lost.lose: it belongs on a method of a command handler, an event handler or a process manager",
      "Idle takes an argument, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })",
    ],
  ],
];

describe("the compilation of services", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});
