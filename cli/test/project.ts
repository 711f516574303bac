import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

import { Domain, type EventStore, type RecordedEvent } from "@tidemark/core";
import Database from "better-sqlite3";

const REPOSITORY = resolve(__dirname, "../..");
const BINARY = join(REPOSITORY, "cli/bin/domain.js");

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** What a snapshot message holds, as far as tests look at it. */
export interface SnapshotRecord {
  readonly [field: string]: unknown;
  readonly aggregateId: string;
  readonly state: Readonly<Record<string, unknown>>;
}

/** A copy of a fixture in a folder of its own, outside the repository, with the repository's packages installed. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "tidemark-cli-"));

  constructor(fixture: string) {
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

  /** Runs `domain` here, as a user does. */
  async domain(...args: readonly string[]): Promise<Outcome> {
    return await outcomeOf(this.start(args));
  }

  /** Runs `domain` with a reader that goes away after the first piece of output. */
  async domainReadOnce(...args: readonly string[]): Promise<Pick<Outcome, "stderr" | "status">> {
    const child = this.start(args);
    let stderr = "";
    child.stderr?.on("data", (chunk) => {
      stderr += String(chunk);
    });
    child.stdout?.once("data", () => child.stdout?.destroy());
    const status = await new Promise<number | null>((done) => child.on("close", done));
    return { stderr, status };
  }

  start(
    args: readonly string[],
    { env, cwd = "." }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
  ): ChildProcess {
    return spawn(process.execPath, [BINARY, ...args], {
      cwd: join(this.folder, cwd),
      env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1", ...env },
    });
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

  /** Puts others in the place of all snapshots: what a fault, another program or the time that passes makes of them. */
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

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const status = new Promise<number | null>((done) => child.on("close", done));
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { stdout, stderr, status: await status };
}
