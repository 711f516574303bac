import { randomUUID } from "node:crypto";

import { historicBalance, historicEvent } from "../bank";
import { type AccountRow, branchOf } from "../bookkeepers/account-row";
import { DEPOSIT_TYPE, depositOf } from "./deposit-event";
import { foldPlain, newPlainAccount, type PlainAccount, plainState, restorePlain } from "./plain-account";
import { AMOUNT, type Teller, type TellerOptions } from "./teller";

interface StoredEvent {
  readonly id: string;
  readonly accountId: string;
  readonly type: string;
  readonly time: number;
  readonly data: string;
}

/** Hand-written: arrays of texts, by stream and for all. */
export class MemoryTeller implements Teller {
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly all: StoredEvent[] = [];
  private readonly inlineRows = new Map<string, AccountRow>();
  private readonly ids = new Set<string>();
  private readonly snapshots = new Map<string, { readonly version: number; readonly state: string }>();
  private readonly cache = new Map<string, PlainAccount>();

  constructor(private readonly options: TellerOptions) {}

  open(accountIds: readonly string[], events: number): void {
    for (const accountId of accountIds) {
      this.append(accountId, 0, events);
      if (this.options.hasInlineRows) this.inlineRows.set(accountId, openedRow(accountId, historicBalance(events)));
    }
  }

  append(accountId: string, first: number, count: number): void {
    for (let position = first; position < first + count; position++) {
      const { type, data } = historicEvent(accountId, position);
      this.store(accountId, position, type, JSON.stringify(data));
    }
  }

  appendEach(accountIds: readonly string[], position: number): void {
    for (const accountId of accountIds) this.append(accountId, position, 1);
  }

  deposit(accountId: string): void {
    const account = this.options.isCaching ? (this.cache.get(accountId) ?? this.load(accountId)) : this.load(accountId);
    const data = depositOf(accountId);
    this.store(accountId, account.version + 1, DEPOSIT_TYPE, data);
    if (this.options.hasInlineRows) this.depositInline(accountId);
    foldPlain(account, DEPOSIT_TYPE, data);
    if (this.options.isCaching) this.cache.set(accountId, account);
    const { snapshotEvery } = this.options;
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
    for (const accountId of this.streams.keys()) {
      const account = this.load(accountId);
      if (account.version === this.snapshots.get(accountId)?.version) continue;
      this.snapshot(accountId, account);
      written++;
    }
    return written;
  }

  deleteSnapshots(): void {
    this.snapshots.clear();
  }

  readCategory(): number {
    let count = 0;
    for (const { data } of this.all) if (JSON.parse(data).accountId !== undefined) count++;
    return count;
  }

  readAll(): number {
    return this.readCategory();
  }

  /** The events behind a place in the order of all events, from 0. */
  eventsBehind(place: number, limit: number): readonly StoredEvent[] {
    return this.all.slice(place, place + limit);
  }

  close(): void {
    this.streams.clear();
  }

  private depositInline(accountId: string): void {
    const row = this.inlineRows.get(accountId);
    if (row === undefined) throw new Error(`${accountId} has no row`);
    this.inlineRows.set(accountId, { ...row, balance: row.balance + AMOUNT });
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

  private store(accountId: string, position: number, type: string, data: string): void {
    const events = this.streams.get(accountId) ?? [];
    if (events.length !== position) throw new Error(`${accountId} is not at version ${position - 1}`);
    if (position === 0) this.streams.set(accountId, events);
    const event = { id: randomUUID(), accountId, type, time: Date.now(), data };
    if (this.ids.has(event.id)) throw new Error(`${event.id} is stored already`);
    this.ids.add(event.id);
    events.push(event);
    this.all.push(event);
  }

  private snapshot(accountId: string, account: PlainAccount): void {
    this.snapshots.set(accountId, { version: account.version, state: plainState(account) });
  }
}

function openedRow(accountId: string, balance: number): AccountRow {
  return { accountId, holder: "Alice Example", branch: branchOf(accountId), balance };
}
