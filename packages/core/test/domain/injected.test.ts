import { tmpdir } from "node:os";

import { Domain, type DomainOptions } from "../../src/index";
import { bank } from "../fixtures/bank";

describe("what is injected into a domain", () => {
  it.each<[string, object, string]>([
    ["a function as clock", { clock: () => new Date() }, '"clock" of a domain takes an object with now(): Date'],
    ["a clock without now()", { clock: {} }, '"clock" of a domain takes an object with now(): Date'],
    ["ids without next()", { ids: {} }, '"ids" of a domain takes an object with next(): string'],
  ])("is refused at once when it is %s", (_, options, message) => {
    expect(() => new Domain("fidelis", { root: tmpdir(), ...options })).toThrow(message);
  });

  it.each<[string, DomainOptions, string]>([
    [
      "an invalid time",
      { clock: { now: () => new Date(Number.NaN) } },
      'The option "clock" of a domain takes one whose now() returns a valid Date, found Invalid Date',
    ],
    [
      "a time that is no Date",
      { clock: { now: () => 5 as never } },
      'The option "clock" of a domain takes one whose now() returns a valid Date, found 5',
    ],
    [
      "an empty id",
      { ids: { next: () => "" } },
      'The option "ids" of a domain takes ids that can be stored: an id has at least 1 character, found ""',
    ],
    [
      "a number as id",
      { ids: { next: () => 5 as never } },
      'The option "ids" of a domain takes ids that can be stored: an id is a string, not number, found 5',
    ],
  ])("gives %s, and the command fails before anything is stored", async (_, options, message) => {
    const { domain, Account, OpenAccount } = bank(options);
    await domain.init();
    const open = new OpenAccount({ accountNumber: "A", holderName: "Alice", openingDeposit: 1 });
    await expect(domain.process(open)).rejects.toThrow(message);
    expect(await domain.repositoryFor(Account).count()).toBe(0);
    await domain.close();
  });
});
