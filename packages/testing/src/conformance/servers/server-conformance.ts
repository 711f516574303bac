import { deepEqual, ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import type { EventStoreAdapter } from "@tidemark/core/adapter";

import { FoldedPayments } from "../crashes/projected-payments";
import { testRunner } from "../test-runner";
import { Child } from "./child-processes";
import { HeardEffects } from "./heard-effects";
import { LEASE_LOST } from "./serve-until-stopped";
import { BATCH, LEASE_MS, servedPayments } from "./served-payments";

/** What a run of several servers is given to work on. */
export interface ServerConformance {
  /** As the test is titled: `the SQLite event store`. */
  readonly name: string;
  /** How many servers run at the same time, 4 where absent. At least 2. */
  readonly servers?: number;
  /** How long each state lasts once the buckets are spread evenly, 500 ms where absent. */
  readonly settledMs?: number;
  /** Makes a new and empty store that several processes share. */
  readonly open: () => Promise<ServedStore>;
  /** Takes what was counted, a line each. */
  readonly report?: (line: string) => void;
}

/** A store that several processes serve and write. */
export interface ServedStore {
  /** Starts a program that opens the store and calls `serveUntilStopped` with it. Its standard output is a pipe. */
  serve(): ChildProcess;
  /** Starts a program that opens the store and calls `payUntilStopped` with it and a number of tills. Its standard output is a pipe. */
  write(tills: number): ChildProcess;
  /** Opens the store in this process; the suite closes it. */
  reopen(): Promise<EventStoreAdapter>;
  /** Removes every trace. */
  dispose(): Promise<void>;
}

const TILLS = 32;
const WRITERS = 2;
/** After so long a store is taken for locked. */
const LOCKED_MS = 250;
/** How long to wait for what has to come before the test fails. */
const PATIENCE_MS = 60_000;

/**
 * Declares a test for stores that several processes share: servers are killed, frozen for longer than their lease and woken, join and
 * leave, while others write at full speed. Every event has its effect, in the order of its key, and no bucket has two owners.
 */
export function serverConformance({
  name,
  servers: count = 4,
  settledMs = 500,
  open,
  report = () => undefined,
}: ServerConformance): void {
  const { describe, it } = testRunner();

  describe(`servers of ${name}`, () => {
    it(`share subscriptions while one is killed, one frozen, one joins and one leaves (${count} servers)`, async () => {
      const store = await open();
      const run = new Run(store, report);
      try {
        await run.begin();
        await run.start(count);
        await run.settled("at the start", settledMs);

        const killed = run.servers[0]!;
        await killed.kill();
        run.lost(killed);
        await run.settled("after one was killed", settledMs);
        await run.start(1);
        await run.settled("after one has joined", settledMs);

        const frozen = run.servers[0]!;
        await run.freeze(frozen);
        await run.settled("while one is frozen", settledMs, [frozen]);
        frozen.wake();
        await run.settled("after it has woken", settledMs);

        const leaving = run.servers[1]!;
        await leaving.stop();
        run.left(leaving);
        await run.settled("after one has left", settledMs);
        await run.end();
      } finally {
        await run.dispose();
        await store.dispose();
      }
    });
  });
}

class Run {
  servers: Child[] = [];
  /** How often servers were killed, were frozen, or have gone without their lease, by their names. */
  readonly #losses = new Map<string, number>();
  readonly #effects = new HeardEffects();
  readonly #writers: Child[] = [];
  readonly #all: Child[] = [];
  #adapter: EventStoreAdapter | undefined;
  #watched: ReturnType<typeof servedPayments> | undefined;

  constructor(
    private readonly store: ServedStore,
    private readonly report: (line: string) => void,
  ) {}

  async begin(): Promise<void> {
    this.#adapter = await this.store.reopen();
    this.#watched = servedPayments(this.#adapter);
    await this.#watched.domain.init();
    for (let writer = 0; writer < WRITERS; writer++)
      this.#writers.push(this.#child(`writer ${writer + 1}`, this.store.write(TILLS)));
  }

  /** Starts servers. */
  async start(count: number): Promise<void> {
    const started = Array.from({ length: count }, () =>
      this.#child(`server ${this.#all.length + 1 - WRITERS}`, this.store.serve()),
    );
    this.servers.push(...started);
    await Promise.all(started.map(({ begun }) => begun));
  }

  /** Notes that a server has ended by force. */
  lost(server: Child): void {
    this.#lose(server.name);
    this.left(server);
  }

  /** Freezes a server at a moment when it holds no lock of the store: then nobody could do anything until it wakes. */
  async freeze(server: Child): Promise<void> {
    this.#lose(server.name);
    for (let attempt = 0; ; attempt++) {
      server.freeze();
      const probe = { subscription: "probe", bucket: attempt, position: 0 };
      const written = Promise.resolve(this.#adapter!.operations!.subscriptions.layCheckpoints([probe]));
      const isFree = await Promise.race([written.then(() => true), pause(LOCKED_MS, false)]);
      if (isFree) return;
      server.wake();
      await written;
    }
  }

  left(server: Child): void {
    this.servers = this.servers.filter((each) => each !== server);
  }

  /** Waits until the buckets of each subscription are spread evenly over the servers, and for a while. */
  async settled(when: string, ms: number, without: readonly Child[] = []): Promise<void> {
    const count = this.servers.length - without.length;
    const start = performance.now();
    let spread: readonly (readonly number[])[] = [];
    while (performance.now() - start < PATIENCE_MS) {
      spread = await this.#spread();
      if (spread.every((owned) => isEven(owned, count))) {
        const took = Math.round(performance.now() - start);
        this.report(
          `${when}: buckets ${spread.map((owned) => owned.join("+")).join(", ")} after ${took} ms (lease ${LEASE_MS} ms)`,
        );
        await pause(ms);
        return;
      }
      await pause(20);
    }
    throw new Error(`${when} the buckets were never spread over ${count} servers: ${JSON.stringify(spread)}`);
  }

  /** Lets everything come to its end, and checks what was done. */
  async end(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.stop()));
    const { domain, Takings } = this.#watched!;
    const start = performance.now();
    for (;;) {
      const statuses = await domain.subscriptions();
      if (statuses.every(({ lag }) => lag === 0)) break;
      ok(performance.now() - start < PATIENCE_MS, `servers never came to the end: ${JSON.stringify(statuses)}`);
      await pause(20);
    }
    const closing = this.servers;
    this.servers = [];
    await Promise.all(closing.map((server) => server.stop()));

    const end = await endOf(this.#adapter!);
    const expected = await new FoldedPayments("served::till").upTo(this.#adapter!, end);
    const rows = (await domain.viewOf(Takings).all()).map((row) => ({ ...row }));
    deepEqual(rows, expected, "the rows of the projection");
    const payments = new Map(expected.map(({ tillId, payments: number }) => [tillId, number]));
    this.#effects.check({ payments, losses: this.#losses, inHand: BATCH });
    const events = [...payments.values()].reduce((sum, number) => sum + number, 0);
    const lost = this.#writers.map(({ lines }) => Number(lines.at(-1)?.split(" ")[2])).reduce((a, b) => a + b, 0);
    this.report(
      `${events} events (${lost} appends lost a race, ${end - events} positions without an event); ` +
        `projection: ${sumOf(rows)} effects; event handler: ${this.#effects.count} effects, ${this.#effects.repeated} of them ` +
        `repeated after ${[...this.#losses].map(([server, times]) => `${server} (${times})`).join(", ")} had lost its buckets`,
    );
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#all.map((child) => child.dispose()));
    await this.#watched?.domain.close();
    await this.#adapter?.close();
  }

  /** For each subscription how many buckets each owner has. */
  async #spread(): Promise<readonly (readonly number[])[]> {
    const statuses = await this.#watched!.domain.subscriptions();
    return statuses.map(({ owners }) => owners.map(({ buckets }) => buckets));
  }

  #child(name: string, process: ChildProcess): Child {
    const child = new Child(name, process, (line) => {
      if (line === LEASE_LOST) this.#lose(name);
      else this.#effects.hear(line, name);
    });
    this.#all.push(child);
    return child;
  }

  #lose(server: string): void {
    this.#losses.set(server, (this.#losses.get(server) ?? 0) + 1);
  }
}

/** Whether buckets are spread over so many owners, each with as many as the others, or one more. */
function isEven(owned: readonly number[], owners: number): boolean {
  return (
    owned.length === owners && Math.max(...owned) - Math.min(...owned) <= 1 && owned.reduce((a, b) => a + b, 0) === 16
  );
}

function sumOf(rows: readonly { readonly payments: number }[]): number {
  return rows.reduce((sum, { payments }) => sum + payments, 0);
}

async function endOf({ log }: EventStoreAdapter): Promise<number> {
  for (let end = 0; ; ) {
    const page = await log.readAll({ after: end, limit: 1_000, categories: [] });
    end = page.upTo;
    if (page.atEnd) return end;
  }
}
