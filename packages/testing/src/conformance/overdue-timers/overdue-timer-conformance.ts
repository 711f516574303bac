import { deepEqual, equal, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import type { EventStoreAdapter, OperationStores, RecordedMessage } from "@tidemark/core/adapter";

import { Child } from "../servers/child-processes";
import { testRunner } from "../test-runner";
import { REMINDERS, servedReminders, TYPES } from "./served-reminders";

/** What a run of several servers is given to work on. */
export interface OverdueTimerConformance {
  /** As the test is titled: `the SQLite event store`. */
  readonly name: string;
  /** How many servers run at the same time, 4 where absent. */
  readonly servers?: number;
  /** How many timers are due when they begin, 2,000 where absent. */
  readonly timers?: number;
  /** Makes a new and empty store that several processes share. */
  readonly open: () => Promise<StoreOfReminders>;
  /** Takes what was counted, a line each. */
  readonly report?: (line: string) => void;
}

/** A store that several processes serve. */
export interface StoreOfReminders {
  /** Starts a program that opens the store and calls `serveRemindersUntilStopped` with it. Its standard output is a pipe. */
  serve(): ChildProcess;
  /** Opens the store in this process; the suite closes it. */
  reopen(): Promise<EventStoreAdapter>;
  /** Removes every trace. */
  dispose(): Promise<void>;
}

/** How long nobody has served. */
const OUTAGE_MS = 3_600_000;
/** One timer in so many is due only while the servers run already. */
const LATER = 10;
const LATER_MS = 5_000;
/** How often there is something else to do. */
const CALL_EVERY_MS = 50;
const PAGE = 1_000;
/** A run in which nothing happens for so long is stuck. */
const PATIENCE_MS = 60_000;

/**
 * Declares a test for stores that several processes share: many timers are due when servers begin after an outage, others become due while
 * they run. Each fires once and none early, and other work goes on beside them.
 */
export function overdueTimerConformance({
  name,
  servers = 4,
  timers = 2_000,
  open,
  report = () => undefined,
}: OverdueTimerConformance): void {
  const { describe, it } = testRunner();

  describe(`timers that are due after an outage, on ${name}`, () => {
    it(`fire once each, while other work goes on (${timers} timers, ${servers} servers)`, async () => {
      const store = await open();
      const run = new Run(store, timers);
      try {
        await run.prepare();
        await run.serve(servers);
        report(await run.check());
      } finally {
        await run.dispose();
        await store.dispose();
      }
    });
  });
}

class Run {
  readonly #servers: Child[] = [];
  readonly #due = new Map<string, number>();
  readonly #fired = new Map<string, RecordedMessage[]>();
  /** When each call was made, and when it was answered. */
  readonly #called = new Map<string, number>();
  readonly #answered = new Map<string, RecordedMessage[]>();
  #position = 0;
  #lastFired = 0;
  #seconds = 0;
  #adapter: EventStoreAdapter | undefined;
  #reminders: ReturnType<typeof servedReminders> | undefined;

  constructor(
    private readonly store: StoreOfReminders,
    private readonly timers: number,
  ) {}

  /** Sets all timers, by a clock that stands where the outage began: none is due by that. */
  async prepare(): Promise<void> {
    this.#adapter = await this.store.reopen();
    const began = Date.now() - OUTAGE_MS;
    const { domain, wish } = servedReminders(this.#adapter, { clock: { now: () => new Date(began) } });
    await domain.init();
    const later = Math.ceil(this.timers / LATER);
    const before = Array.from(
      { length: this.timers - later },
      (_, number) => [`reminder-${number}`, new Date(began + 1 + (number % 1_000))] as const,
    );
    await wish(before);
    await domain.catchUp();
    const now = Date.now();
    const meanwhile = Array.from(
      { length: later },
      (_, number) => [`later-${number}`, new Date(now + Math.round((number / later) * LATER_MS))] as const,
    );
    await wish(meanwhile);
    await domain.catchUp();
    for (const [id, at] of [...before, ...meanwhile]) this.#due.set(id, at.getTime());
    await domain.close();
    const { timers } = this.#adapter.operations as OperationStores;
    equal((await timers.list({ limit: this.timers + 1 })).length, this.timers, "how many timers are set");
  }

  /** Lets servers run until every timer has fired and every call is answered. */
  async serve(count: number): Promise<void> {
    this.#reminders = servedReminders(this.#adapter!);
    const { domain, call } = this.#reminders;
    await domain.init();
    for (let number = 1; number <= count; number++)
      this.#servers.push(new Child(`server ${number}`, this.store.serve()));
    await Promise.race(this.#servers.map(({ begun }) => begun));
    const begun = performance.now();
    let [called, seen, moved] = [begun, -1, begun];
    while (this.#fired.size < this.timers || this.#answered.size < this.#called.size || this.#called.size === 0) {
      const now = performance.now();
      if (this.#fired.size < this.timers && now - called >= CALL_EVERY_MS) {
        called = now;
        const id = `call-${this.#called.size}`;
        this.#called.set(id, Date.now());
        await call(id);
      }
      await pause(10);
      await this.#read();
      if (this.#position > seen) [seen, moved] = [this.#position, performance.now()];
      const { size } = this.#fired;
      ok(performance.now() - moved < PATIENCE_MS, `${size} of ${this.timers} timers have fired, and no more do`);
    }
    this.#seconds = (performance.now() - begun) / 1_000;
    const start = performance.now();
    for (;;) {
      const statuses = await domain.subscriptions();
      if (statuses.every(({ lag }) => lag === 0)) break;
      ok(performance.now() - start < PATIENCE_MS, `servers never came to the end: ${JSON.stringify(statuses)}`);
      await pause(20);
    }
    await Promise.all(this.#servers.map(({ begun }) => begun));
    await Promise.all(this.#servers.map((server) => server.stop()));
    await this.#read();
  }

  /** @returns what was counted. */
  async check(): Promise<string> {
    equal(this.#fired.size, this.timers, "how many timers have fired");
    for (const [id, messages] of this.#fired) {
      equal(messages.length, 1, `how often the timer of ${id} has fired`);
      const [{ time }] = messages as [RecordedMessage];
      ok(time >= this.#due.get(id)!, `the timer of ${id} has fired ${this.#due.get(id)! - time} ms early`);
    }
    for (const [id, messages] of this.#answered) equal(messages.length, 1, `how often ${id} was answered`);
    const [first] = [...this.#answered.values()][0] as [RecordedMessage];
    ok(first.globalPosition < this.#lastFired, "no call was answered before the last timer had fired");
    const { states, timers, commandQueue } = this.#adapter!.operations as OperationStores;
    const running: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await states.list(REMINDERS, { limit: PAGE, ...(after !== undefined && { after }) });
      for (const { stream, data } of page) if (JSON.parse(data).status !== "ended") running.push(stream);
      after = page.at(-1)?.stream;
      if (page.length < PAGE) break;
    }
    deepEqual(running, [], "the instances that have not ended");
    deepEqual(await timers.list({ limit: 10 }), [], "the timers that are left");
    deepEqual(await commandQueue.list({ limit: 10 }), [], "what is left in the queue of commands");
    const latencies = Array.from(this.#called, ([id, time]) => this.#answered.get(id)![0]!.time - time).sort(
      (a, b) => a - b,
    );
    const at = (part: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))];
    return (
      `${this.timers} timers fired in ${this.#seconds.toFixed(1)} s, each once and none early; meanwhile ${latencies.length} ` +
      `new processes had their command carried out after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest)`
    );
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#servers.map((child) => child.dispose()));
    await this.#reminders?.domain.close();
    await this.#adapter?.close();
  }

  async #read(): Promise<void> {
    for (;;) {
      const page = await this.#adapter!.log.readAll({ after: this.#position, limit: PAGE });
      for (const message of page.messages) {
        const { type, stream } = message;
        if (type === TYPES.fired) {
          note(this.#fired, stream.slice(REMINDERS.length + 1), message);
          this.#lastFired = message.globalPosition;
        } else if (type === TYPES.answered)
          note(this.#answered, JSON.parse(message.data).reminderId as string, message);
      }
      this.#position = page.upTo;
      if (page.atEnd) return;
    }
  }
}

function note(found: Map<string, RecordedMessage[]>, id: string, message: RecordedMessage): void {
  const messages = found.get(id) ?? [];
  found.set(id, messages);
  messages.push(message);
}
