import type { Domain, ParkedKeyStatus, ProcessStatus, RecordedEvent } from "@tidemark/core";

import type { KnownStep } from "./cause-tree";

/**
 * Tells which instances of process managers were told of events. Which ones an event is for is said by the code; what has become of it, by the
 * store: one that an instance has passed over is left out.
 */
export class KnownSteps {
  readonly #instances = new Map<string, ProcessStatus | undefined>();
  readonly #positions = new Map<string, number>();
  readonly #parked = new Map<string, ParkedKeyStatus>();

  private constructor(private readonly domain: Domain) {}

  static async of(domain: Domain): Promise<KnownSteps> {
    const steps = new KnownSteps(domain);
    if (domain.processManagers.size === 0) return steps;
    for (const { name, kind, position = 0 } of await domain.subscriptions())
      if (kind === "process manager") steps.#positions.set(name, position);
    for (const key of await domain.parked()) steps.#parked.set(keyOf(key.subscription, key.key), key);
    return steps;
  }

  /** Looks up the instances that an event is for, so that `stepsOf` can tell. */
  async prepare(event: RecordedEvent): Promise<void> {
    if (this.#positions.size === 0) return;
    for (const { process, id } of this.domain.processSteps(event)) {
      const key = keyOf(process, id);
      if (this.#instances.has(key)) continue;
      const [status] = await this.domain.processes({ name: process, id });
      this.#instances.set(key, status);
    }
  }

  stepsOf(event: RecordedEvent, commands: readonly string[]): readonly KnownStep[] {
    if (this.#positions.size === 0) return [];
    return this.domain.processSteps(event, commands).flatMap((step) => {
      const pending = this.#pendingAt(event, step) ?? this.#keptAt(step);
      if (pending !== undefined) return [{ ...step, pending }];
      return this.#wasPassedOver(event, step) ? [] : [step];
    });
  }

  #pendingAt({ globalPosition }: RecordedEvent, { process, id }: KnownStep): string | undefined {
    const parked = this.#parked.get(keyOf(process, id));
    if (parked !== undefined && globalPosition >= parked.position) return `set aside: ${parked.error.message}`;
    return globalPosition > (this.#positions.get(process) ?? 0) ? "not yet" : undefined;
  }

  #keptAt({ process, id }: KnownStep): string | undefined {
    return this.#instances.get(keyOf(process, id))?.status === "awaiting" ? "kept until it starts" : undefined;
  }

  /** Whether there was no instance that could have been told: it never started, started later, or had ended before. */
  #wasPassedOver({ time }: RecordedEvent, { process, id, beforeStart }: KnownStep): boolean {
    const { startedAt, endedAt, status } = this.#instances.get(keyOf(process, id)) ?? {};
    if (status === undefined) return true;
    if (startedAt !== undefined && time.getTime() < startedAt.getTime()) return beforeStart === "ignore";
    return endedAt !== undefined && time.getTime() > endedAt.getTime();
  }
}

function keyOf(process: string, id: string): string {
  return JSON.stringify([process, id]);
}
