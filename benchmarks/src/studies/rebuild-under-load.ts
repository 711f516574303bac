import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { RebuildProgress } from "@tidemark/core";

import { historicBalance } from "../bank";
import { inStore } from "../program/in-store";
import type { Place } from "../program/place";
import { figure, printTable } from "../result-table";
import { openTeller } from "../tellers/open-teller";
import { PLAIN } from "../tellers/teller";
import { accountIdOf, writeInTurns } from "../workloads/write-in-turns";
import type { Part, Read, Role, Told, Written } from "./rebuild-under-load-run";

/** Fewer for a short look: TIDEMARK_STUDY_EVENTS=100000. */
const EVENTS = Number(process.env.TIDEMARK_STUDY_EVENTS ?? 1_000_000);
const ROWS = EVENTS / 10;

/** When the process that rebuilds is killed. The next one goes on. */
const KILLS: Readonly<Record<string, (progress: RebuildProgress) => boolean>> = {
  "while rows are written": ({ rows }) => rows > 0,
  "before indexes are made": ({ phase }) => phase === "indexing",
  "before the switch": ({ phase }) => phase === "switching",
};

interface Attempt {
  /** How many events were folded when it began. */
  found: number;
  residentMb: number;
  ms: number;
  readonly end: { readonly events: number } | undefined;
}

/** A rebuild of a million events on PostgreSQL while events are stored, a server folds them, and readers read. */
export async function rebuildUnderLoad(): Promise<void> {
  await inStore("postgres", async (where) => {
    const place: Place = { ...where, store: "postgres", contender: "tidemark", round: "0-0" };
    const teller = await openTeller(place, PLAIN);
    await writeInTurns(teller, ROWS, EVENTS);
    await teller.close();
    await ended(started("rebuild", place, 1));

    const others = (["serve", "write", "read"] as const).map((role) => started(role, place, 1));
    const begun = performance.now();
    const attempts: Attempt[] = [];
    for (const isDue of Object.values(KILLS)) attempts.push(await attempt(place, isDue));
    attempts.push(await attempt(place, () => false));
    const seconds = (performance.now() - begun) / 1_000;
    // The switch is read through, too.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    for (const child of others) child.send("stop");
    const [, written, read] = (await Promise.all(others.map(ended))) as [unknown, Written, Read];
    const missing = await missingIn(place, written);
    print({ attempts, seconds, written, read, missing });
  });
}

function started(role: Role, place: Place, release: number): ChildProcess {
  const child = fork(join(__dirname, "rebuild-under-load-run.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.send({ role, place, rows: ROWS, release } satisfies Part);
  return child;
}

/** What a process tells at its end. */
async function ended(child: ChildProcess): Promise<unknown> {
  let end: unknown;
  child.on("message", (told: Told) => {
    if ("end" in told) end = told.end;
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error("a process of the study failed");
  return end;
}

/** One process that rebuilds with the corrected methods, and is killed at a moment of its own. */
async function attempt(place: Place, isDue: (progress: RebuildProgress) => boolean): Promise<Attempt> {
  const begun = performance.now();
  // A dead process keeps others off until its lease has run out.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const child = started("rebuild", place, 2);
  let [found, residentMb] = [-1, 0];
  let end: Attempt["end"];
  child.on("message", (told: Told) => {
    if ("end" in told) {
      end = told.end as Attempt["end"];
      return;
    }
    if (found === -1) found = told.progress.events;
    residentMb = Math.max(residentMb, told.residentMb);
    if (isDue(told.progress)) child.kill("SIGKILL");
  });
  const [status, signal] = await once(child, "close");
  if (status !== 0 && signal !== "SIGKILL") throw new Error("the rebuild failed");
  return { found, residentMb, ms: performance.now() - begun, end };
}

/** How many events the rows lack, or have too often, and whether they are all of the corrected methods. */
async function missingIn(place: Place, { paid }: Written): Promise<number> {
  const { balances, releases } = (await ended(started("look", place, 2))) as {
    readonly balances: Readonly<Record<string, number>>;
    readonly releases: readonly number[];
  };
  if (releases.join() !== "2") throw new Error(`there are rows of release ${releases.join(" and ")}`);
  const before = historicBalance(EVENTS / ROWS);
  let missing = 0;
  for (let number = 0; number < ROWS; number++) {
    const accountId = accountIdOf(number);
    missing += Math.abs(before + (paid[accountId] ?? 0) - (balances[accountId] ?? 0));
  }
  return missing;
}

interface Seen {
  readonly attempts: readonly Attempt[];
  readonly seconds: number;
  readonly written: Written;
  readonly read: Read;
  readonly missing: number;
}

function print({ attempts, seconds, written, read, missing }: Seen): void {
  const last = attempts.at(-1)!;
  const line = (title: string, value: number, digits = 0) => [title, figure(value, digits)];
  printTable(
    `A rebuild of ${figure(EVENTS, 0)} events into ${figure(ROWS, 0)} rows on PostgreSQL, with a writer, a server and 8 readers`,
    ["", ""],
    [
      ...Object.keys(KILLS).map((when, index) =>
        line(`killed ${when}: events that the next one found folded`, attempts[index + 1]!.found),
      ),
      line("seconds of the attempts, together", seconds, 1),
      ...attempts.map(({ ms }, index) =>
        line(`seconds of attempt ${index + 1}, with the wait for a lease`, ms / 1_000, 1),
      ),
      line("events that the last one has folded in all", last.end?.events ?? 0),
      line("memory of a rebuild at most, MB", Math.max(...attempts.map(({ residentMb }) => residentMb))),
      line("events stored meanwhile", written.stored),
      line("events stored a second", written.stored / (seconds + 3)),
      line("reads meanwhile, of 8 readers", read.reads),
      line("reads that failed", read.errors),
      line("reads without rows", read.empty),
      line("reads of a mixture", read.mixed),
      line("reads of an older state", read.older),
      line("longest read, ms", read.longestMs),
      line("events missing at the end", missing),
    ],
  );
}
