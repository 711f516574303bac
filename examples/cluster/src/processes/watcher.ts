import { setTimeout as wait } from "node:timers/promises";

import { count } from "../count/count";
import { isFollowed, Ledger } from "../count/ledger";
import { Balance, domain, FundsTransfer } from "../domain";
import { child, fail, ready, report } from "./child";
import { Follower } from "./follower";

/** The process that looks on: it follows the events while machines die, and counts at the end what is stored. */
const REPORT_EVERY_MS = 500;

const follower = new Follower();
let behind: number | undefined;
let isOver = false;

child(async (order) => {
  if (order.kind === "settle") report({ kind: "settled", isSettled: await settle(order.withinMs) });
  if (order.kind === "count") await countAll(order.acknowledged);
  if (order.kind === "end") {
    isOver = true;
    follower.end();
    await domain.close();
    process.disconnect();
  }
});
void ready(async () => {
  follower.follow().catch(fail);
  void reportOnAndOn();
});

async function reportOnAndOn(): Promise<void> {
  while (!isOver) {
    const { seen, transfersUnderWay, transfersEnded } = follower;
    report({ kind: "watched", seen: seen.length, behind, transfersUnderWay, transfersEnded });
    await wait(REPORT_EVERY_MS);
    behind = (await lags())?.get(Balance.name);
  }
}

/** How many events each subscription still has to do; undefined while the store cannot say so. */
async function lags(): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const subscriptions = await domain.subscriptions();
    return new Map(subscriptions.map(({ name, lag, waiting }) => [name, lag + waiting]));
  } catch {
    return undefined;
  }
}

/** Waits until the projection, the process manager and the follower have done everything. @returns false when the time is over. */
async function settle(withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (; performance.now() < until; await wait(REPORT_EVERY_MS)) {
    const left = await lags();
    if (left === undefined || left.get(Balance.name) !== 0 || left.get(FundsTransfer.name) !== 0) continue;
    if (follower.transfersUnderWay === 0 && (await isAtTheEnd())) return true;
  }
  return false;
}

/** Whether the follower has come to the last of its events. */
async function isAtTheEnd(): Promise<boolean> {
  for await (const { stream } of domain.eventStore.readAll({ after: follower.position }))
    if (isFollowed(stream)) return false;
  return true;
}

async function countAll(acknowledged: readonly string[]): Promise<void> {
  const ledger = new Ledger();
  for await (const event of domain.eventStore.readAll({ after: 0 })) ledger.hear(event);
  const rows = await domain.viewOf(Balance).all();
  report({ kind: "counted", count: count({ ledger, acknowledged, seen: follower.seen, rows }) });
}
