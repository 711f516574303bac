import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import type { Domain } from "@tidemark/core";

import { inStore } from "../program/in-store";
import type { Place } from "../program/place";
import { figure, printTable } from "../result-table";
import { remindingBank, TYPES } from "./reminding-bank";

/** Fewer for a short look: TIDEMARK_STUDY_TIMERS=5000. */
const TIMERS = Number(process.env.TIDEMARK_STUDY_TIMERS ?? 100_000);
const SERVERS = 4;
/** How long nobody has served. */
const OUTAGE_MS = 3_600_000;
const AT_ONCE = 1_000;
/** How often a process starts meanwhile, whose command is to be carried out. */
const CALL_EVERY_MS = 50;
const CALLS_ALONE = 100;

/** Timers that are due when four servers begin after an outage, and what other work waits for meanwhile. */
export async function overdueTimers(): Promise<void> {
  await inStore("postgres", async (where) => {
    const place: Place = { ...where, store: "postgres", contender: "tidemark", round: "0-0" };
    await setTimers(place);
    const children: ChildProcess[] = [];
    const { domain, call } = remindingBank(place);
    await domain.init();
    try {
      for (let server = 0; server < SERVERS; server++) {
        const child = fork(join(__dirname, "overdue-timers-run.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
        children.push(child);
        child.send(place);
      }
      await Promise.race(children.map((child) => once(child, "message")));
      const start = performance.now();
      const isFiring = async () => (await domain.timers({ limit: 1 })).length > 0;
      await callUntil("meanwhile", call, async () => !(await isFiring()));
      const seconds = (performance.now() - start) / 1_000;
      while ((await domain.subscriptions()).some(({ lag }) => lag > 0)) await pause(20);
      let calls = 0;
      await callUntil("alone", call, async () => ++calls > CALLS_ALONE);
      await pause(2_000);
      print(seconds, await told(domain));
    } finally {
      const ended = children.map((child) => once(child, "exit"));
      for (const child of children) child.disconnect();
      await Promise.all(ended);
      await domain.close();
    }
  });
}

/** Sets all timers, by a clock that stands where the outage began: none is due by that. */
async function setTimers(place: Place): Promise<void> {
  const began = Date.now() - OUTAGE_MS;
  const { domain, streamOf } = remindingBank(place, { now: () => new Date(began) });
  await domain.init();
  for (let first = 0; first < TIMERS; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, TIMERS - first) }, (_, index) => first + index);
    await domain.eventStore.append(
      numbers.map((number) => {
        const reminderId = `reminder-${number}`;
        const at = new Date(began + 1 + (number % 60_000)).toISOString();
        return { stream: streamOf(reminderId), events: [{ type: TYPES.wished, data: { reminderId, at } }] };
      }),
    );
  }
  await domain.catchUp();
  await domain.close();
}

/** Starts a process again and again. */
async function callUntil(
  prefix: string,
  call: (reminderId: string) => Promise<void>,
  isOver: () => Promise<boolean>,
): Promise<void> {
  for (let number = 0; !(await isOver()); number++) {
    await call(`${prefix}-${number}`);
    await pause(CALL_EVERY_MS);
  }
}

interface Told {
  /** How often each timer has fired, by the stream of its instance. */
  readonly fired: ReadonlyMap<string, number>;
  readonly early: number;
  /** Milliseconds from the event that starts a process to that of its command, by the prefix of the id. */
  readonly latencies: Readonly<Record<"meanwhile" | "alone", readonly number[]>>;
}

async function told(domain: Domain): Promise<Told> {
  const [fired, called, latencies] = [
    new Map<string, number>(),
    new Map<string, number>(),
    { meanwhile: [] as number[], alone: [] as number[] },
  ];
  let early = 0;
  for await (const { type, stream, data, time: stored } of domain.eventStore.readAll()) {
    const [time, id] = [stored.getTime(), String(data.reminderId)];
    if (type === TYPES.fired) {
      fired.set(stream, (fired.get(stream) ?? 0) + 1);
      if (time < Number(data.dueAt)) early++;
    } else if (type === TYPES.called) called.set(id, time);
    else if (type === TYPES.answered) {
      const began = called.get(id) as number;
      latencies[id.startsWith("alone") ? "alone" : "meanwhile"].push(time - began);
    }
  }
  return { fired, early, latencies };
}

function print(seconds: number, { fired, early, latencies }: Told): void {
  const line = (title: string, value: number, digits = 0) => [title, figure(value, digits)];
  const spread = (title: string, times: readonly number[]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
    return [
      line(`processes that were started ${title}`, times.length),
      line(`their commands carried out ${title}, ms (median)`, at(0.5)),
      line(`their commands carried out ${title}, ms (95 %)`, at(0.95)),
    ];
  };
  printTable(
    `${figure(TIMERS, 0)} timers that are due after an outage on PostgreSQL, with ${SERVERS} servers`,
    ["", ""],
    [
      line("timers that have fired", fired.size),
      line("timers that have fired more than once", [...fired.values()].filter((times) => times > 1).length),
      line("timers that have fired early", early),
      line("seconds", seconds, 1),
      line("timers a second", TIMERS / seconds),
      ...spread("meanwhile", latencies.meanwhile),
      ...spread("alone", latencies.alone),
    ],
  );
}
