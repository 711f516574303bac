import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough } from "node:stream";
import { format } from "node:util";

import { Domain, type EventStore, type RecordedEvent } from "@tidemark/core";
import Database from "better-sqlite3";

import type { Io, ModuleExports } from "../src/io/io";
import { run } from "../src/program";
import { CapturedIo, type Outcome } from "./captured-io";
import { type BankVariant, createBank } from "./fixtures/bank/src/bank";

export const REPOSITORY = resolve(__dirname, "../..");

/** What a snapshot message holds, as far as tests look at it. */
export interface SnapshotRecord {
  readonly [field: string]: unknown;
  readonly aggregateId: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** How one run differs from a user's with a pipe behind it. */
export interface RunOptions {
  /** The working directory, from the folder of the project. */
  readonly cwd?: string;
  /** Makes standard output and error a terminal with this many columns. */
  readonly terminal?: number;
  /** What is typed. */
  readonly stdin?: Io["stdin"];
  /** Prepares the run, such as a signal that arrives in the middle of it. */
  readonly prepare?: (io: CapturedIo) => void;
}

/** A copy of a fixture in a folder of its own, outside the repository, with the repository's packages installed. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "tidemark-cli-"));

  /** The version of the code that commands load from now on. */
  code: BankVariant = {};

  /** What the module of the project exports, made anew for each command; the bank where it is not set. */
  exports: () => ModuleExports = () => ({ bank: createBank({ root: this.folder, ...this.code }) });

  constructor(fixture = "bank") {
    cpSync(join(__dirname, "fixtures", fixture), this.folder, { recursive: true });
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "node_modules"), "junction");
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  /** Edits a file, which must hold what is to be replaced. */
  replace(file: string, from: string, to: string): void {
    const content = readFileSync(join(this.folder, file), "utf8");
    if (!content.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
    this.write(file, content.replace(from, to));
  }

  /** Lets that many snapshots of each aggregate remain, whenever a new one is written. */
  keepSnapshots(keep: number): void {
    this.replace("domain.toml", "snapshot_threshold = 0", `snapshot_threshold = 0\nsnapshots.keep = ${keep}`);
  }

  /** Runs `domain` in this process. */
  async domain(...args: readonly string[]): Promise<Outcome> {
    return await this.run(args);
  }

  /** Runs `domain` with a reader that goes away after the first piece of output. */
  async domainReadOnce(...args: readonly string[]): Promise<Outcome> {
    return await this.run(args, {
      prepare: ({ stdout }) => {
        stdout.onWrite = () => stdout.closeReader();
      },
    });
  }

  /** Runs `domain` on a terminal where somebody types an answer. */
  async answer(answer: string, args: readonly string[]): Promise<Outcome> {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.write(`${answer}\n`);
    return await this.run(args, { terminal: 120, stdin });
  }

  async run(
    args: readonly string[],
    { cwd = ".", terminal, stdin, prepare = () => {} }: RunOptions = {},
  ): Promise<Outcome> {
    const io = new CapturedIo({
      cwd: join(this.folder, cwd),
      loadModule: async () => this.exports(),
      ...(stdin !== undefined && { stdin }),
      ...(terminal !== undefined && { terminal }),
    });
    prepare(io);
    using _ = consoleTo(io);
    const status = await run(args, io);
    return { stdout: io.stdout.text, stderr: io.stderr.text, status };
  }

  /** What another program does with the project's store before or after the command. */
  async withStore<T>(work: (store: EventStore, domain: Domain) => Promise<T>): Promise<T> {
    const domain = new Domain("bank", { root: this.folder });
    await domain.init();
    try {
      return await work(domain.eventStore, domain);
    } finally {
      await domain.close();
    }
  }

  /** Stores accounts, each with as many deposits of 10. */
  async openAccounts(ids: readonly string[], deposits = 1, holderName = "Alice"): Promise<void> {
    await this.withStore((store) =>
      store.append(
        ids.map((id) => ({
          stream: `bank::account-${id}`,
          expectedVersion: -1,
          events: [
            { type: "Bank.AccountOpened.v1", data: { accountId: id, holderName }, time: new Date(0) },
            ...Array.from({ length: deposits }, (_, index) => ({
              type: "Bank.DepositMade.v1",
              data: { accountId: id, amount: 10 },
              time: new Date((index + 1) * 1000),
            })),
          ],
        })),
      ),
    );
  }

  /** Appends deposits of 10 to an account. */
  async deposit(id: string, deposits: number): Promise<void> {
    const events = Array.from({ length: deposits }, () => ({
      type: "Bank.DepositMade.v1",
      data: { accountId: id, amount: 10 },
    }));
    await this.withStore((store) => store.append([{ stream: `bank::account-${id}`, events }]));
  }

  /** Stores accounts that no code can load. */
  async breakAccounts(ids: readonly string[]): Promise<void> {
    await this.withStore((store) =>
      store.append(
        ids.map((id) => ({ stream: `bank::account-${id}`, events: [{ type: "Bank.AccountFrozen.v1", data: {} }] })),
      ),
    );
  }

  /** The versions of the snapshots of accounts that have one. */
  async snapshots(): Promise<Record<string, number>> {
    return await this.withStore(async (store) => {
      const versions: Record<string, number> = {};
      for await (const { stream, position } of store.readCategory("bank::account:snapshot")) {
        versions[stream.replace("bank::account:snapshot-", "")] = position;
      }
      return versions;
    });
  }

  /** The versions of all snapshots that one account has. */
  async snapshotsOf(id: string): Promise<number[]> {
    return await this.withStore(async (store) => {
      const versions: number[] = [];
      for await (const { position } of store.read(`bank::account:snapshot-${id}`)) versions.push(position);
      return versions;
    });
  }

  /** Replaces all snapshots by what a fault, another program or the time that passes makes of them. */
  async alterSnapshots(
    change: (record: SnapshotRecord, all: ReadonlyMap<string, SnapshotRecord>) => SnapshotRecord,
    time = new Date(),
  ): Promise<void> {
    await this.withStore(async (store) => {
      const stored: RecordedEvent[] = [];
      for await (const message of store.readCategory("bank::account:snapshot")) stored.push(message);
      const records = stored.map(({ data }) => data as SnapshotRecord);
      const all = new Map(records.map((record) => [record.aggregateId, record]));
      const database = new Database(join(this.folder, "bank.db"));
      database.exec("DELETE FROM snapshots");
      database.close();
      for (const { stream, type, data } of stored) {
        await store.append([{ stream, events: [{ type, data: change(data as SnapshotRecord, all), time }] }]);
      }
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const PRINTS = ["debug", "error", "info", "log", "warn"] as const;

/** Sends to standard error what the domain or its modules print meanwhile, as the program does in a process of its own. */
function consoleTo({ stderr }: CapturedIo): Disposable {
  const before = PRINTS.map((name) => [name, console[name]] as const);
  for (const name of PRINTS) console[name] = (...values: unknown[]) => void stderr.write(`${format(...values)}\n`);
  return {
    [Symbol.dispose]: () => {
      for (const [name, print] of before) console[name] = print;
    },
  };
}
