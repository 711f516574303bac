import { isDeepStrictEqual } from "node:util";

import type { AggregateClass, AggregateRoot } from "@tidemark/core";

import { range } from "../event-store/sample-events";
import { BUYERS, centsOf, type Purchases, SHELF } from "./purchases-under-test";

/** How many steps of each buyer its row tells of, and everything that is stored, to compare as a whole with what so many steps leave. */
interface StoredPurchases {
  readonly steps: Readonly<Record<string, number>>;
  readonly contents: object;
}

/**
 * Tells what is stored of purchases, by rows and by events, at one moment: a server may still be at work on what a dead process has sent,
 * and then it is read again.
 */
export async function storedPurchases(purchases: Purchases): Promise<StoredPurchases> {
  for (let before = await readPurchases(purchases); ; ) {
    const stored = await readPurchases(purchases);
    if (isDeepStrictEqual(before, stored)) return stored;
    before = stored;
  }
}

/** Tells what has to be stored after so many steps of each buyer. */
export function expectedPurchases(steps: Readonly<Record<string, number>>): object {
  const sales = BUYERS.flatMap((buyer) => paymentsOf(buyer, steps).map(({ cents }) => ({ buyer, cents })));
  const earned: Record<string, number> = {};
  for (const { buyer, cents } of sales) earned[buyer] = (earned[buyer] ?? 0) + cents;
  const ofBuyers = BUYERS.map((buyer) => {
    const payments = paymentsOf(buyer, steps);
    const version = payments.length - 1;
    const state = version < 0 ? undefined : { steps: payments.map(({ step }) => step), spent: earned[buyer], version };
    const events = { bought: payments, charged: payments, paid: payments };
    return [buyer, { buyer: state, account: state, wallet: state, ...events }] as const;
  });
  return {
    ofBuyers: Object.fromEntries(ofBuyers),
    shelf: sales.length === 0 ? undefined : { earned, version: sales.length - 1 },
    sold: sales.sort(byCents),
  };
}

function paymentsOf(buyer: string, steps: Readonly<Record<string, number>>) {
  return range(steps[buyer] ?? 0).map((index) => ({ step: index + 1, cents: centsOf(buyer, index + 1) }));
}

async function readPurchases({ domain, Buyer, Account, Wallet, Shelf }: Purchases): Promise<StoredPurchases> {
  const state = async (type: AggregateClass<Spender>, id: string) => {
    const found = await domain.repositoryFor(type).find(id);
    return found && { steps: [...found.steps], spent: found.spent, version: found.version };
  };
  const events = async (type: AggregateClass<AggregateRoot>, id: string) => {
    const data: { readonly cents: number }[] = [];
    for await (const event of domain.eventStore.read(domain.streamFor(type, id))) data.push({ ...event.data } as never);
    return data;
  };
  const ofBuyers: Record<string, object> = {};
  const steps: Record<string, number> = {};
  for (const id of BUYERS) {
    const [buyer, account, wallet] = [await state(Buyer, id), await state(Account, id), await state(Wallet, id)];
    const [bought, charged, paid] = [await events(Buyer, id), await events(Account, id), await events(Wallet, id)];
    steps[id] = buyer?.steps.length ?? 0;
    ofBuyers[id] = { buyer, account, wallet, bought, charged, paid };
  }
  const shelf = await domain.repositoryFor(Shelf).find(SHELF);
  const sold = (await events(Shelf, SHELF)).sort(byCents);
  const stateOfShelf = shelf && { earned: { ...shelf.earned }, version: shelf.version };
  return { steps, contents: { ofBuyers, shelf: stateOfShelf, sold } };
}

type Spender = AggregateRoot & { readonly steps: readonly number[]; readonly spent: number };

/** No two purchases have the same price. */
function byCents(one: { readonly cents: number }, other: { readonly cents: number }): number {
  return one.cents - other.cents;
}
