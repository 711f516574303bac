import type { MemoryTeller } from "../tellers/memory-teller";
import type { HandWrittenLog, LoggedEvent } from "./hand-written-listeners";

export class MemoryLog implements HandWrittenLog {
  private readonly checkpoints = new Map<string, number>();

  constructor(readonly teller: MemoryTeller) {}

  page(after: number, limit: number): LoggedEvent[] {
    return this.teller.eventsBehind(after, limit).map(({ type, data }, index) => [after + index + 1, type, data]);
  }

  lay(names: readonly string[]): void {
    for (const name of names) this.checkpoints.set(name, this.checkpoints.get(name) ?? 0);
  }

  move(names: readonly string[], from: number, to: number): void {
    for (const name of names) {
      if (this.checkpoints.get(name) !== from) throw new Error(`${name} has another owner`);
      this.checkpoints.set(name, to);
    }
  }

  close(): void {
    this.teller.close();
  }
}
