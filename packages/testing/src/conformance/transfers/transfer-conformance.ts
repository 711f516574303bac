import { ok } from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import type { EventStoreAdapter, OperationStores } from "@tidemark/core/adapter";

import { Child } from "../servers/child-processes";
import { testRunner } from "../test-runner";
import { EXPIRY_MS, servedTransfers } from "./served-transfers";
import { ToldTransfers } from "./told-transfers";

/** What a run of several servers is given to work on. */
export interface TransferConformance {
  /** As the test is titled: `the SQLite event store`. */
  readonly name: string;
  /** How many servers run at the same time, 4 where absent. */
  readonly servers?: number;
  /** How many transfers there are, 300 where absent. */
  readonly transfers?: number;
  /** How often a server is killed and another one started, every 2,000 ms where absent. */
  readonly killEveryMs?: number;
  /** Makes a new and empty store that several processes share. */
  readonly open: () => Promise<StoreOfTransfers>;
  /** Takes what was counted, a line each. */
  readonly report?: (line: string) => void;
}

/** A store that several processes serve. */
export interface StoreOfTransfers {
  /** Starts a program that opens the store and calls `serveTransfersUntilStopped` with it. Its standard output is a pipe. */
  serve(): ChildProcess;
  /** Opens the store in this process; the suite closes it. */
  reopen(): Promise<EventStoreAdapter>;
  /** Removes every trace. */
  dispose(): Promise<void>;
}

const ACCOUNTS = 64;
/** One account in so many is closed to deposits. */
const CLOSED = 16;
const BALANCE = 1_000;
/** Some transfers are for more than an account has. */
const MOST = 600;
/** How many transfers are under way at the same time, at most. */
const UNDER_WAY = 400;
/** So many servers are killed at least. */
const KILLS = 3;
/** A run in which no transfer ends for so long is stuck. */
const PATIENCE_MS = 60_000;
/** As long as it goes on, a run of many transfers may take. */
const TIMEOUT_MS = 1_800_000;

/**
 * Declares a test for stores that several processes share: servers carry out transfers of money by a process manager while one after the
 * other is killed. No money is lost or made, every transfer has one end, no command is carried out twice, no timer fires early or twice.
 */
export function transferConformance({
  name,
  servers = 4,
  transfers = 300,
  killEveryMs = 2_000,
  open,
  report = () => undefined,
}: TransferConformance): void {
  const { describe, it } = testRunner();

  describe(`transfers of money on ${name}`, () => {
    const title = `are conserved while servers are killed (${transfers} transfers, ${servers} servers)`;
    const body = async (): Promise<void> => {
      const store = await open();
      const run = new Run(store, { servers, transfers, killEveryMs });
      try {
        await run.begin();
        await run.go();
        report(await run.end());
      } finally {
        await run.dispose();
        await store.dispose();
      }
    };
    it(title, body, TIMEOUT_MS);
  });
}

class Run {
  readonly #all: Child[] = [];
  readonly #started = performance.now();
  #servers: Child[] = [];
  #kills = 0;
  #adapter: EventStoreAdapter | undefined;
  #bank: ReturnType<typeof servedTransfers> | undefined;
  #told: ToldTransfers | undefined;

  constructor(
    private readonly store: StoreOfTransfers,
    private readonly options: Required<Pick<TransferConformance, "servers" | "transfers" | "killEveryMs">>,
  ) {}

  async begin(): Promise<void> {
    this.#adapter = await this.store.reopen();
    this.#told = new ToldTransfers(this.#adapter);
    this.#bank = servedTransfers(this.#adapter);
    await this.#bank.domain.init();
    for (let account = 0; account < ACCOUNTS; account++)
      await this.#bank.open(`account-${account}`, BALANCE, account % CLOSED === 0);
    const started = Array.from({ length: this.options.servers }, () => this.#start());
    await Promise.all(started.map(({ begun }) => begun));
  }

  /** Asks for all transfers, and kills servers until all have ended. */
  async go(): Promise<void> {
    const { transfers, killEveryMs } = this.options;
    const told = this.#told!;
    const paceMs = (killEveryMs * (KILLS + 0.5)) / transfers;
    // Moves on while a server is replaced, so that on a busy machine the transfers do not end before enough servers were killed.
    let begun = performance.now();
    let [asked, killed, moved, ended] = [0, begun, begun, 0];
    const approvals: Promise<void>[] = [];
    while (told.ended < transfers) {
      const now = performance.now();
      if (now - killed >= killEveryMs) {
        await this.#kill();
        killed = performance.now();
        begun += killed - now;
      }
      const due = Math.min(transfers, Math.ceil((now - begun) / paceMs), told.ended + UNDER_WAY);
      for (; asked < due; asked++) approvals.push(this.#ask(asked));
      await pause(10);
      await told.read();
      if (told.ended > ended) [ended, moved] = [told.ended, performance.now()];
      if (performance.now() - moved > PATIENCE_MS)
        throw new Error(`${ended} of ${asked} ended; ${await this.#state()}`);
    }
    await Promise.all(approvals);
  }

  /** Lets servers come to their end, and checks what was done. @returns what was counted. */
  async end(): Promise<string> {
    const { transfers } = this.options;
    const seconds = (performance.now() - this.#started) / 1_000;
    const start = performance.now();
    for (;;) {
      const statuses = await this.#bank!.domain.subscriptions();
      if (statuses.every(({ lag }) => lag === 0)) break;
      ok(performance.now() - start < PATIENCE_MS, `servers never came to the end: ${await this.#state()}`);
      await pause(20);
    }
    const closing = this.#servers;
    this.#servers = [];
    await Promise.all(closing.map((server) => server.stop()));
    await this.#told!.read();
    const counts = await this.#told!.check(transfers);
    ok(this.#kills >= KILLS, `only ${this.#kills} servers were killed`);
    return `${transfers} transfers in ${seconds.toFixed(1)} s, ${this.#kills} servers killed: ${counts}`;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#all.map((child) => child.dispose()));
    await this.#bank?.domain.close();
    await this.#adapter?.close();
  }

  /** Asks for a transfer, and where it needs to be approved does so around the time of its expiry, or not at all. */
  async #ask(number: number): Promise<void> {
    const { ask, approve } = this.#bank!;
    const transferId = `transfer-${number}`;
    const source = Math.floor(Math.random() * ACCOUNTS);
    const target = (source + 1 + Math.floor(Math.random() * (ACCOUNTS - 1))) % ACCOUNTS;
    const amount = 1 + Math.floor(Math.random() * MOST);
    const isToBeApproved = number % 3 === 0;
    await ask({ transferId, source: `account-${source}`, target: `account-${target}`, amount, isToBeApproved });
    if (!isToBeApproved || number % 4 === 0) return;
    await pause(EXPIRY_MS * (0.5 + Math.random()));
    await approve(transferId);
  }

  /** Ends the oldest server without warning, and starts another one: on a busy machine servers must not die faster than they begin. */
  async #kill(): Promise<void> {
    const [oldest, ...others] = this.#servers;
    this.#servers = others;
    this.#kills++;
    await oldest!.kill();
    await this.#start().begun;
  }

  #start(): Child {
    const child = new Child(`server ${this.#all.length + 1}`, this.store.serve());
    this.#all.push(child);
    this.#servers.push(child);
    return child;
  }

  /** What the store holds, for whoever reads why a run has failed. */
  async #state(): Promise<string> {
    const { commandQueue, timers } = this.#adapter!.operations as OperationStores;
    return JSON.stringify({
      subscriptions: await this.#bank!.domain.subscriptions(),
      queue: await commandQueue.counts(),
      overdueCommands: await commandQueue.overdue(),
      entries: await commandQueue.list({ limit: 5 }),
      overdueTimers: await timers.overdue(),
      parked: (await this.#bank!.domain.parked()).slice(0, 3),
    });
  }
}
