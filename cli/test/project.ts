import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

import { Domain, type EventStore } from "@tidemark/core";

const REPOSITORY = resolve(__dirname, "../..");
const BINARY = join(REPOSITORY, "cli/bin/domain.js");

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
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

  /** Runs `domain` here, as a user does. */
  async domain(...args: readonly string[]): Promise<Outcome> {
    return await outcomeOf(this.start(args));
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
  async openAccounts(ids: readonly string[], deposits = 1): Promise<void> {
    await this.withStore((store) =>
      store.append(
        ids.map((id) => ({
          stream: `bank::account-${id}`,
          expectedVersion: -1,
          events: [
            { type: "Bank.AccountOpened.v1", data: { accountId: id, holderName: "Alice" }, time: new Date(0) },
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

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const status = new Promise<number | null>((done) => child.on("close", done));
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return { stdout, stderr, status: await status };
}
