import type { MemoryTeller } from "../tellers/memory-teller";
import { type Audited, type Auditor, BATCH } from "./auditor";
import { type PlainAudit, PlainChanges, type PlainCommand, type PlainTimer } from "./plain-audit";

/** Hand-written: maps of texts. */
export class MemoryAuditor implements Auditor {
  private readonly states = new Map<string, { readonly version: number; readonly data: string }>();
  private readonly commands = new Map<string, PlainCommand>();
  private readonly timers = new Map<string, PlainTimer>();
  private readonly audits = new Map<string, PlainAudit>();
  private checkpoint = 0;

  constructor(
    readonly teller: MemoryTeller,
    private readonly process: string,
  ) {}

  catchUp(): void {
    for (;;) {
      const events = this.teller.eventsBehind(this.checkpoint, BATCH);
      if (events.length === 0) return;
      const changes = new PlainChanges(this.process);
      for (const event of events) {
        const audit = this.audits.get(event.accountId) ?? { version: -1, state: undefined };
        this.audits.set(event.accountId, audit);
        changes.step(audit, event);
      }
      for (const [accountId, audit] of changes.audits) {
        const stored = this.states.get(accountId)?.version ?? -1;
        if (stored !== audit.version) throw new Error(`${accountId} has another auditor`);
        audit.version++;
        this.states.set(accountId, { version: audit.version, data: JSON.stringify(audit.state) });
      }
      for (const command of changes.commands) this.commands.set(command.id, command);
      for (const [owner, timer] of changes.timers) {
        if (timer === undefined) this.timers.delete(owner);
        else this.timers.set(owner, timer);
      }
      this.checkpoint += events.length;
    }
  }

  audited(accountId: string): Audited {
    const line = `${this.process}-${accountId}`;
    let commands = 0;
    for (const command of this.commands.values()) if (command.line === line) commands++;
    return { steps: JSON.parse(this.states.get(accountId)?.data ?? "{}").steps, commands };
  }

  close(): void {
    this.teller.close();
  }
}
