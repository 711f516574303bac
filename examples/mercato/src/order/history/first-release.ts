import { Decimal } from "@tidemark/core";

/** Converts values of the first release to the present form, for events and for snapshots. */

/** Converts a price, which was a whole number of cents and always in euro. */
export function moneyOfCents(cents: number): Record<string, unknown> {
  return { amount: new Decimal(cents).div(100).toString(), currency: "EUR" };
}

/** Converts an address, which was one line such as `Via Roma 1, 00184 Rome, IT`; the shop's form accepted nothing else. */
export function addressOfLine(line: string): Record<string, unknown> {
  const [, street, postcode, city, country] = /^(.+), (\S+) (.+), ([A-Z]{2})$/.exec(line) ?? [];
  return { street, postcode, city, country };
}
