import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { buildSync } from "esbuild";

import type { EventStoreAdapter } from "../../src/index";
import { IDS, OPENING, sharedAccounts, type WriterReport } from "./shared-accounts";

/** Where a bundle outside the repository finds native drivers. */
const MODULES = dirname(dirname(require.resolve("esbuild/package.json")));

/**
 * Two processes with a cache each move money on the same accounts: no move is lost or made twice, no account is ever
 * below zero, and what each of them reported is what its events say.
 *
 * @param writer a program that calls `writeSharedAccounts` with the store at `place`.
 */
export async function twoWritersAddUp(store: EventStoreAdapter, writer: string, place: string): Promise<void> {
  const { domain, Account } = await sharedAccounts(store, { cached: 0, retries: 0 });
  const accounts = domain.repositoryFor(Account);
  for (const id of IDS) await accounts.add(Account.open(id));
  const reports = await reportsOf(writer, place);
  for (const id of IDS) {
    const account = await accounts.get(id);
    const sums = Object.entries(reports).map(([name, { sums }]) => [name, sums[id]]);
    expect(Object.entries(account.moves).map(([name, { sum }]) => [name, sum])).toEqual(expect.arrayContaining(sums));
    expect(account.balance).toBe(sums.reduce((balance, [, sum]) => balance + Number(sum), OPENING));
    let balance = 0;
    for await (const { data } of domain.eventStore.read(domain.streamFor(Account, id))) {
      balance += data.balance ?? data.amount;
      expect(balance).toBeGreaterThanOrEqual(0);
    }
    expect((await domain.snapshotsFor(Account).verify(id)).outcome).toBe("equal");
  }
  const counted = (await Promise.all(IDS.map((id) => accounts.get(id)))).flatMap(({ moves }) => Object.values(moves));
  const accepted = Object.values(reports).map((report) => report.accepted);
  expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(accepted.reduce((sum, count) => sum + count, 0));
  for (const { refused, cache } of Object.values(reports)) {
    expect(refused).toBeGreaterThan(0);
    expect(cache?.hits).toBeGreaterThan(100);
    expect(cache?.stale).toBeGreaterThan(0);
  }
  await domain.close();
}

async function reportsOf(writer: string, place: string): Promise<Record<string, WriterReport>> {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-writers-"));
  const outfile = join(folder, `${basename(writer, ".ts")}.js`);
  buildSync({
    entryPoints: [writer],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    conditions: ["@tidemark/source"],
    external: ["better-sqlite3", "pg-native"],
    logLevel: "error",
  });
  try {
    const names = ["north", "south"];
    const writers = names.map((name) => new Writer(outfile, [place, name]));
    await Promise.all(writers.map((one) => one.ready));
    for (const one of writers) one.tell("start");
    await Promise.all(writers.map((one) => one.met));
    for (const one of writers) one.tell("stop");
    const reports = await Promise.all(writers.map((one) => one.report()));
    return Object.fromEntries(reports.map((report, index) => [names[index], report]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A process that writes from when it is told to until it is told to stop. */
class Writer {
  readonly ready: Promise<unknown>;
  /** Until then it has not met the other writer, or has died. */
  readonly met: Promise<unknown>;
  private readonly child;
  private readonly ended: Promise<unknown[]>;
  private output = "";

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, NODE_PATH: MODULES },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const hasMet = new Promise<void>((resolve) => {
      this.child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        this.output += chunk;
        if (this.output.includes("met\n")) resolve();
      });
    });
    // One that has died cannot be told to start; its report says so.
    this.child.stdin.on("error", () => undefined);
    this.ended = once(this.child, "close");
    this.ready = Promise.race([once(this.child.stdout, "data"), this.ended]);
    this.met = Promise.race([hasMet, this.ended]);
  }

  tell(word: string): void {
    this.child.stdin.write(`${word}\n`);
  }

  async report(): Promise<WriterReport> {
    const [status] = await this.ended;
    if (status !== 0) throw new Error(`The writer ended with status ${String(status)}`);
    return JSON.parse(this.output.trim().split("\n").at(-1) as string) as WriterReport;
  }
}
