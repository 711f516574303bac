import { randomUUID } from "node:crypto";

import { COMMAND_TYPE, LANE, REMIND_AFTER_MS } from "./auditor";

/** The state of one account, as the text in its row holds it. */
interface PlainState {
  readonly process: string;
  readonly version: 1;
  status: "running";
  state: { accountId: string; balance: number };
  timers?: { reminder: string };
  steps: number;
  commands: number;
  readonly startedAt: number;
  changedAt: number;
}

/** An account in hand, and the version of its stored state; -1 for none. */
export interface PlainAudit {
  version: number;
  state: PlainState | undefined;
}

interface PlainEvent {
  readonly id: string;
  readonly accountId: string;
  readonly type: string;
  readonly time: number;
  readonly data: string;
}

export interface PlainCommand {
  readonly id: string;
  readonly lane: string;
  readonly type: string;
  readonly line: string;
  readonly number: number;
  readonly dueAt: number;
  readonly data: string;
}

export interface PlainTimer {
  readonly owner: string;
  readonly slot: number;
  readonly dueAt: number;
  readonly data: string;
}

/** What a batch wants to have stored. */
export class PlainChanges {
  readonly audits = new Map<string, PlainAudit>();
  readonly commands: PlainCommand[] = [];
  /** The last change of each reminder; undefined where it is cancelled. */
  readonly timers = new Map<string, PlainTimer | undefined>();

  constructor(private readonly process: string) {}

  owner(accountId: string): string {
    return `${this.process}-${accountId}`;
  }

  /** Makes the step of one account. */
  step(audit: PlainAudit, { id, accountId, type, time, data }: PlainEvent): void {
    const { process } = this;
    const event = JSON.parse(data);
    const owner = this.owner(accountId);
    const now = Date.now();
    audit.state ??= {
      process,
      version: 1,
      status: "running",
      state: { accountId, balance: 0 },
      steps: 0,
      commands: 0,
      startedAt: time,
      changedAt: time,
    };
    const { state } = audit;
    const metadata = { correlationId: id, cause: { eventId: id, type, handler: process } };
    if (type === "Bank.WithdrawalMade.v1") {
      state.state.balance -= event.amount;
      delete state.timers;
      this.timers.set(owner, undefined);
    } else {
      state.state.balance += type === "Bank.AccountOpened.v1" ? event.openingDeposit : event.amount;
      const timerId = randomUUID();
      state.timers = { reminder: timerId };
      const timer = { timerId, process, stream: owner, category: process, type: "Bank.AuditTimerFired.v1", metadata };
      const slot = slotOf(owner);
      this.timers.set(owner, { owner, slot, dueAt: now + REMIND_AFTER_MS, data: JSON.stringify(timer) });
    }
    const commandId = randomUUID();
    const queued = {
      command: { accountId, balance: state.state.balance },
      metadata: { ...metadata, causationId: commandId, commandType: COMMAND_TYPE },
      keepsResult: false,
      issuedBy: { process, stream: owner, category: process, rejectedType: "Bank.AuditCommandRejected.v1" },
    };
    this.commands.push({
      id: commandId,
      lane: LANE,
      type: COMMAND_TYPE,
      line: owner,
      number: state.commands,
      dueAt: now,
      data: JSON.stringify(queued),
    });
    state.steps++;
    state.commands++;
    state.changedAt = time;
    this.audits.set(accountId, audit);
  }
}

/** Spreads owners over readers. */
function slotOf(owner: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < owner.length; index++) hash = Math.imul(hash ^ owner.charCodeAt(index), 16_777_619);
  return (hash >>> 0) % 65_536;
}
