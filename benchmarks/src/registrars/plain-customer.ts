/** A customer as a plain object: the least that a load has to make. */
export interface PlainCustomer {
  readonly customerId: string;
  readonly name: string;
  readonly email: string;
  readonly address: { readonly street: string; readonly city: string; readonly country: string };
  points: number;
  visits: number;
}

/** A customer as its row holds it, with its version at the end. */
export type CustomerRow = [
  ...[customerId: string, name: string, email: string, address: string],
  ...[points: number, visits: number, version: number],
];

/** In the order of `CustomerRow`. */
export const COLUMNS = "id, name, email, address, points, visits, _version";

/** The points that each visit earns. */
export const POINTS = 5;
export const REFERENCE = "benchmark";

export const VISIT_TYPE = "Shop.CustomerVisited.v1";

export function newCustomer(customerId: string): PlainCustomer {
  const address = { street: "12 Harbour Street", city: "Bristol", country: "GB" };
  return { customerId, name: "Alice Example", email: "alice@example.com", address, points: 0, visits: 0 };
}

export function newRow(id: string): CustomerRow {
  const { customerId, name, email, address, points, visits } = newCustomer(id);
  return [customerId, name, email, JSON.stringify(address), points, visits, 0];
}

/** Reads a row, whose numbers may come as texts. */
export function customerOf([customerId, name, email, address, points, visits]: CustomerRow): PlainCustomer {
  return { customerId, name, email, address: JSON.parse(address), points: Number(points), visits: Number(visits) };
}

/** What a handler does between load and save: decide, and change two fields. */
export function countVisit(customer: PlainCustomer): void {
  if (POINTS <= 0) throw new Error("A visit must earn points");
  customer.points += POINTS;
  customer.visits += 1;
}

/** Serialises the event of a visit. */
export function visitOf(customerId: string): string {
  return JSON.stringify({ customerId, points: POINTS, reference: REFERENCE });
}
