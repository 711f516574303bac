import { setTimeout as pause } from "node:timers/promises";

import { type Domain, identifier, on, Projection, type RebuildProgress } from "@tidemark/core";
import { z } from "zod";

import { AccountOpened, bank, DepositMade, MakeDeposit, WithdrawalMade } from "../bank";
import { BRANCHES, branchOf } from "../bookkeepers/account-row";
import type { Place } from "../program/place";
import { settingsOf } from "../tellers/open-teller";
import { accountIdOf } from "../workloads/write-in-turns";

/** What a process of the study does. */
export type Role = "serve" | "write" | "read" | "rebuild" | "look";

export interface Part {
  readonly role: Role;
  readonly place: Place;
  readonly rows: number;
  /** What the methods of this release write into each row that they make. */
  readonly release: number;
}

/** What a process tells while it works, and at its end. */
export type Told = { readonly progress: RebuildProgress; readonly residentMb: number } | { readonly end: unknown };

export interface Written {
  readonly stored: number;
  /** Deposits of 1 by account. */
  readonly paid: Readonly<Record<string, number>>;
}

export interface Read {
  reads: number;
  errors: number;
  /** Reads without any row. */
  empty: number;
  /** Reads of rows of two releases, or of too few rows. */
  mixed: number;
  /** Reads of an older release, or of a lower balance in the same one, than an earlier read. */
  older: number;
  longestMs: number;
}

const STORED_A_SECOND = 500;
const WRITERS = 4;
const READERS = 8;

/** Accounts that get deposits, and branches that are looked at: those of these accounts. */
const PAID_ACCOUNTS = 100;

let isStopped = false;

function openedBank(place: Place): Domain {
  return bank({
    event_store: settingsOf(place),
    snapshots: { mode: "manual" },
    server: { embedded: false },
    subscriptions: { lease: "2s" },
  });
}

function declareRows(domain: Domain, release: number) {
  @domain.projection({ indexes: [["branch"]] })
  class AccountRows extends Projection({
    accountId: identifier(),
    release: z.int(),
    branch: z.int(),
    balance: z.number(),
  }) {
    @on(AccountOpened, { creates: true })
    opened(event: AccountOpened): void {
      this.release = release;
      this.branch = branchOf(event.accountId);
      this.balance = event.openingDeposit;
    }

    @on(DepositMade)
    deposited(event: DepositMade): void {
      this.balance += event.amount;
    }

    @on(WithdrawalMade)
    withdrawn(event: WithdrawalMade): void {
      this.balance -= event.amount;
    }
  }
  return AccountRows;
}

type Rows = ReturnType<typeof declareRows>;

const ROLES: Readonly<Record<Role, (part: Part) => Promise<unknown>>> = {
  serve: async (part) => {
    const { domain } = await opened(part);
    const server = await domain.serve();
    await stopped();
    await server.close();
    await domain.close();
    return undefined;
  },
  write: async (part) => {
    const { domain } = await opened(part);
    const paid: Record<string, number> = {};
    const begun = performance.now();
    let [started, stored] = [0, 0];
    const write = async (writer: number): Promise<void> => {
      for (let turn = 0; !isStopped; turn++) {
        const accountId = accountIdOf((turn * WRITERS + writer) % PAID_ACCOUNTS);
        started++;
        await domain.process(new MakeDeposit({ accountId, amount: 1, reference: "load" }));
        paid[accountId] = (paid[accountId] ?? 0) + 1;
        stored++;
        await pause(Math.max(0, begun + (started / STORED_A_SECOND) * 1_000 - performance.now()));
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    await domain.close();
    return { stored, paid } satisfies Written;
  },
  read: async (part) => {
    const seen: Read = { reads: 0, errors: 0, empty: 0, mixed: 0, older: 0, longestMs: 0 };
    await Promise.all(Array.from({ length: READERS }, () => read(part, seen)));
    return seen;
  },
  rebuild: async (part) => {
    const { domain, rows } = await opened(part);
    let residentMb = 0;
    const { events, ms } = await domain.rebuildProjection(rows, {
      onProgress: (progress) => {
        residentMb = Math.max(residentMb, process.memoryUsage().rss / 1e6);
        process.send?.({ progress, residentMb } satisfies Told);
      },
    });
    await domain.close();
    return { events, ms };
  },
  look: async (part) => {
    const { domain, rows } = await opened(part);
    await domain.catchUp();
    const balances: Record<string, number> = {};
    const releases = new Set<number>();
    for await (const { accountId, balance, release } of domain.viewOf(rows).stream()) {
      balances[accountId] = balance;
      releases.add(release);
    }
    await domain.close();
    return { balances, releases: [...releases] };
  },
};

async function opened({ place, release }: Part): Promise<{ readonly domain: Domain; readonly rows: Rows }> {
  const domain = openedBank(place);
  const rows = declareRows(domain, release);
  await domain.init();
  return { domain, rows };
}

/** One reader, with connections of its own: it reads all rows of a branch at once. */
async function read(part: Part, seen: Read): Promise<void> {
  const { domain, rows } = await opened(part);
  const view = domain.viewOf(rows);
  const inBranch = Math.floor(part.rows / BRANCHES);
  const latest = new Map<string, { readonly release: number; readonly balance: number }>();
  for (let turn = 0; !isStopped; turn++) {
    const begun = performance.now();
    try {
      const found = await view.where("branch", "=", turn % PAID_ACCOUNTS).all();
      const isMixed = new Set(found.map(({ release }) => release)).size > 1 || found.length !== inBranch;
      if (found.length === 0) seen.empty++;
      else if (isMixed) seen.mixed++;
      const isOlder = found.some(({ accountId, release, balance }) => {
        const before = latest.get(accountId) ?? { release: 0, balance: 0 };
        latest.set(accountId, { release, balance });
        return release < before.release || (release === before.release && balance < before.balance);
      });
      if (isOlder) seen.older++;
    } catch (error) {
      seen.errors++;
      console.error(error);
    }
    seen.reads++;
    seen.longestMs = Math.max(seen.longestMs, performance.now() - begun);
    await pause(10);
  }
  await domain.close();
}

async function stopped(): Promise<void> {
  while (!isStopped) await new Promise((resolve) => process.once("message", resolve));
}

process.on("message", (message: Part | "stop") => {
  if (message === "stop") {
    isStopped = true;
    return;
  }
  ROLES[message.role](message).then(
    (end) => process.send?.({ end } satisfies Told, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
