import { setTimeout as pause } from "node:timers/promises";

import type { CommandHandle } from "@tidemark/core";

import { FreshDatabase } from "../test/server/fresh-database";
import { type Bank, openBank } from "./bank";
import { FAILOVERS, waysTo } from "./failovers";

const cluster = globalThis.tidemarkCluster!;
const ACCOUNTS = 20;
const OPENING = 1_000;
/** Of a rebuild: more rows than are written at a time. */
const [ROWS, EVENTS_OF_A_ROW] = [8_000, 10];

let database: FreshDatabase;
let bank: Bank;

beforeEach(async () => {
  await cluster.whole();
  database = await FreshDatabase.create();
  bank = await openBank(waysTo(cluster, new URL(database.url).pathname.slice(1)).haproxy!);
});
afterEach(async () => {
  await bank.domain.close();
  await cluster.startAll();
  await cluster.whole();
  await database.drop();
});

it("ends each transfer once, handles each event once in effect, and has the rows that follow from the events", async () => {
  const { domain, Balances, deposit, askTransfer } = bank;
  for (let n = 0; n < ACCOUNTS; n++) await domain.process(deposit(`account-${n}`, `opening-${n}`, OPENING));
  const server = await domain.serve();
  const ends = new Map<string, string>();
  await throughAFailover(4, async (id, n) => {
    const [source, target] = [`account-${n % ACCOUNTS}`, `account-${(n + 7) % ACCOUNTS}`];
    const isRefused = n % 10 === 9;
    const amount = isRefused ? 100 * OPENING : 1;
    await domain.process(askTransfer({ transferId: id, source, target, amount, waits: n % 3 === 0 }));
    ends.set(id, isRefused ? "refused" : "completed");
  });
  const notes = async () => (await eventsOf("note")).map(({ data }) => data.transferId!);
  while ((await notes()).length < ends.size) await pause(200);
  while ((await domain.subscriptions()).some(({ lag }) => lag > 0)) await pause(200);
  await server.close();

  const sorted = [...ends.keys()].sort();
  expect((await notes()).sort()).toEqual(sorted);
  const ended = (await eventsOf("transfer")).filter(({ type }) => type === "Bank.TransferEnded.v1");
  expect(ended.map(({ data }) => [data.transferId, data.end]).sort()).toEqual([...ends].sort());
  const moves = await eventsOf("account");
  const completed = sorted.filter((id) => ends.get(id) === "completed");
  const references = (moved: string) =>
    moves.filter(({ type, data }) => type === `Bank.${moved}.v1` && data.reference!.startsWith("t-"));
  expect(
    references("Withdrawn")
      .map(({ data }) => data.reference)
      .sort(),
  ).toEqual(completed);
  expect(
    references("Deposited")
      .map(({ data }) => data.reference)
      .sort(),
  ).toEqual(completed);
  await expectRowsOfEvents(Balances);
});

it("carries out each command that runs later once", async () => {
  const { domain, depositLater } = bank;
  const server = await domain.serve();
  const stored: CommandHandle[] = [];
  await throughAFailover(4, async (id, n) => {
    stored.push((await domain.process(depositLater(`account-${n % ACCOUNTS}`, id))) as CommandHandle);
  });
  for (const handle of stored) await handle.result();
  await server.close();

  const references = (await eventsOf("account")).map(({ data }) => data.reference!);
  expect(new Set(references).size).toBe(references.length);
  expect(references.length).toBe(stored.length);
});

it("goes on with the rebuild of a projection, and ends with the rows that follow from the events", async () => {
  const { domain, Balances } = bank;
  for (let row = 0; row < ROWS; row += 200) {
    const streams = Array.from({ length: 200 }, (_, index) => `account-${row + index}`);
    await domain.eventStore.append(
      streams.map((accountId) => ({
        stream: `bank::account-${accountId}`,
        events: Array.from({ length: EVENTS_OF_A_ROW }, (_, amount) => ({
          type: "Bank.Deposited.v1",
          data: { accountId, reference: `${amount}`, amount },
        })),
      })),
    );
  }
  const leader = await cluster.leader();
  let killed: Promise<void> | undefined;
  let hasEnded = false;
  const result = await domain.rebuildProjection(Balances, {
    onProgress: ({ events }) => {
      if (events > 0) killed ??= leader.kill().then(() => expect(hasEnded).toBe(false));
    },
  });
  hasEnded = true;
  expect(result).toMatchObject({ rows: ROWS });
  await killed;
  expect((await cluster.leader()).name).not.toBe(leader.name);
  await expectRowsOfEvents(Balances);
});

/** Has writers do their work, a piece after the other, before, during and after the loss of the leader's machine. */
async function throughAFailover(writers: number, work: (id: string, n: number) => Promise<void>): Promise<void> {
  let [done, isOver] = [0, false];
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; !isOver; n++, done++) {
      await work(`t-${writer}-${n}`, n);
      await pause(50);
    }
  };
  const more = async (count: number): Promise<void> => {
    for (const enough = done + count; done < enough; ) await pause(20);
  };
  const all = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  const failover = async (): Promise<void> => {
    await more(40);
    await FAILOVERS["the machine of the leader is killed"]!(cluster, () => more(20));
    await more(40);
  };
  // A writer that fails ends the test.
  await Promise.race([failover(), all]);
  isOver = true;
  await all;
}

async function eventsOf(aggregate: string) {
  const events: { readonly type: string; readonly data: Readonly<Record<string, string>> }[] = [];
  for await (const { type, data } of bank.domain.eventStore.readCategory(`bank::${aggregate}`, { after: 0 }))
    events.push({ type, data: data as Record<string, string> });
  return events;
}

async function expectRowsOfEvents(Balances: Bank["Balances"]): Promise<void> {
  const expected = new Map<string, { accountId: string; balance: number; moves: number }>();
  for (const { type, data } of await eventsOf("account")) {
    const { accountId, amount } = data as unknown as { accountId: string; amount: number };
    const { balance, moves } = expected.get(accountId) ?? { balance: 0, moves: 0 };
    const sign = type === "Bank.Deposited.v1" ? 1 : -1;
    expected.set(accountId, { accountId, balance: balance + sign * amount, moves: moves + 1 });
  }
  const rows = new Map<string, object>();
  for await (const { accountId, balance, moves } of bank.domain.viewOf(Balances).stream())
    rows.set(accountId, { accountId, balance, moves });
  expect(rows).toEqual(expected);
}
