import { Decimal } from "@tidemark/core";

/** How the first release stored things, as what they are now. Events and snapshots both come this way. */

/** A price was a whole number of cents, and always in euro. */
export function moneyOfCents(cents: number): Record<string, unknown> {
  return { amount: new Decimal(cents).div(100).toString(), currency: "EUR" };
}

/** An address was one line, such as `Via Roma 1, 00184 Rome, IT`; the shop's form let in no other. */
export function addressOfLine(line: string): Record<string, unknown> {
  const [, street, postcode, city, country] = /^(.+), (\S+) (.+), ([A-Z]{2})$/.exec(line) ?? [];
  return { street, postcode, city, country };
}
