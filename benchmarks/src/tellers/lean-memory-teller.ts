import { historicEvent } from "../bank";
import { DEPOSIT_TYPE, depositOf } from "./deposit-event";
import { foldPlain, newPlainAccount, type PlainAccount, plainState, restorePlain } from "./plain-account";
import type { Teller, TellerOptions } from "./teller";

interface StoredEvent {
  readonly type: string;
  readonly data: string;
}

/** The leanest in memory: an array of JSON texts for each account, and one of all events for whoever reads everything. */
export class LeanMemoryTeller implements Teller {
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly all: StoredEvent[] = [];
  private readonly snapshots = new Map<string, { readonly version: number; readonly state: string }>();
  private readonly cache = new Map<string, PlainAccount>();

  constructor(private readonly options: TellerOptions) {}

  open(accountIds: readonly string[], events: number): void {
    for (const accountId of accountIds) this.append(accountId, 0, events);
  }

  append(accountId: string, first: number, count: number): void {
    for (let position = first; position < first + count; position++) {
      const { type, data } = historicEvent(accountId, position);
      this.store(accountId, position, { type, data: JSON.stringify(data) });
    }
  }

  appendEach(accountIds: readonly string[], position: number): void {
    for (const accountId of accountIds) this.append(accountId, position, 1);
  }

  deposit(accountId: string): void {
    const { isCaching, snapshotEvery } = this.options;
    const account = isCaching ? (this.cache.get(accountId) ?? this.load(accountId)) : this.load(accountId);
    const data = depositOf(accountId);
    this.store(accountId, account.version + 1, { type: DEPOSIT_TYPE, data });
    foldPlain(account, DEPOSIT_TYPE, data);
    if (isCaching) this.cache.set(accountId, account);
    if (snapshotEvery > 0 && (account.version + 1) % snapshotEvery === 0) this.snapshot(accountId, account);
  }

  depositPersistently(accountId: string): void {
    this.deposit(accountId);
  }

  balance(accountId: string): number {
    return this.load(accountId).balance;
  }

  snapshotAll(): number {
    let written = 0;
    for (const [accountId, events] of this.streams) {
      if (this.snapshots.get(accountId)?.version === events.length - 1) continue;
      this.snapshot(accountId, this.load(accountId));
      written++;
    }
    return written;
  }

  deleteSnapshots(): void {
    this.snapshots.clear();
  }

  readCategory(): number {
    return this.readAll();
  }

  readAll(): number {
    let count = 0;
    for (const { data } of this.all) if (JSON.parse(data).accountId !== undefined) count++;
    return count;
  }

  close(): void {
    this.streams.clear();
  }

  private load(accountId: string): PlainAccount {
    const snapshot = this.snapshots.get(accountId);
    const account = snapshot === undefined ? newPlainAccount() : restorePlain(snapshot.version, snapshot.state);
    const events = this.streams.get(accountId) ?? [];
    for (let position = account.version + 1; position < events.length; position++) {
      const { type, data } = events[position] as StoredEvent;
      foldPlain(account, type, data);
    }
    return account;
  }

  private store(accountId: string, position: number, event: StoredEvent): void {
    const events = this.streams.get(accountId) ?? [];
    if (events.length !== position) throw new Error(`${accountId} is not at version ${position - 1}`);
    if (position === 0) this.streams.set(accountId, events);
    events.push(event);
    this.all.push(event);
  }

  private snapshot(accountId: string, account: PlainAccount): void {
    this.snapshots.set(accountId, { version: account.version, state: plainState(account) });
  }
}
