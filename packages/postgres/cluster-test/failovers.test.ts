import { FreshDatabase } from "../test/server/fresh-database";
import { type Bank, openBank } from "./bank";
import { Deposits } from "./deposits";
import { FAILOVERS, waysTo } from "./failovers";
import { Followed } from "./followed";

const cluster = globalThis.tidemarkCluster!;
const WRITERS = 8;

let database: FreshDatabase;
let banks: Readonly<Record<string, Bank>>;

beforeEach(async () => {
  await cluster.whole();
  database = await FreshDatabase.create();
  const ways = Object.entries(waysTo(cluster, new URL(database.url).pathname.slice(1)));
  banks = Object.fromEntries(await Promise.all(ways.map(async ([way, where]) => [way, await openBank(where)])));
});
afterEach(async () => {
  await Promise.all(Object.values(banks).map(({ domain }) => domain.close()));
  await cluster.startAll();
  await cluster.whole();
  await database.drop();
});

it.each(Object.keys(FAILOVERS))("keeps every acknowledged event, and each once, where %s", async (what) => {
  const followed = Object.values(banks).map((bank) => new Followed(bank));
  const deposits = Object.entries(banks).map(([way, bank]) => new Deposits(bank, way, WRITERS));
  const more = () => Promise.all(deposits.map((each) => each.more(100)));
  await more();

  await FAILOVERS[what]!(cluster, more);
  await cluster.whole();
  await more();
  await Promise.all(deposits.map((each) => each.stop()));

  expect(deposits.flatMap(({ failures }) => failures)).toEqual([]);
  const stored = await storedReferences(banks.haproxy!);
  expect(
    compared(
      deposits.flatMap(({ acknowledged }) => acknowledged),
      stored,
    ),
  ).toEqual({ lost: [], twice: [], unknown: [] });
  for (const each of followed) expect(await each.upTo(stored.length)).toEqual(stored);
  for (const [way, { longestStallMs }] of deposits.map((each, index) => [Object.keys(banks)[index], each] as const))
    process.stdout.write(`  ${what}, by ${way}: longest stall ${(longestStallMs / 1000).toFixed(1)} s\n`);
});

/** The references of all events in their global order. The positions of each stream have to be without gaps. */
async function storedReferences({ domain }: Bank): Promise<readonly string[]> {
  const references: string[] = [];
  const next = new Map<string, number>();
  for await (const { stream, position, data } of domain.eventStore.readAll({ after: 0 })) {
    expect([stream, position]).toEqual([stream, next.get(stream) ?? 0]);
    next.set(stream, position + 1);
    references.push((data as { readonly reference: string }).reference);
  }
  return references;
}

/** @returns unknown: what is stored though no command was acknowledged, which cannot be where each command has succeeded in the end. */
function compared(acknowledged: readonly string[], stored: readonly string[]) {
  const [told, found] = [new Set(acknowledged), new Set(stored)];
  return {
    lost: acknowledged.filter((id) => !found.has(id)),
    twice: stored.filter((id, index) => stored.indexOf(id) !== index),
    unknown: stored.filter((id) => !told.has(id)),
  };
}
