import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { HeldLine } from "../holding/held-line";
import { type LineLife, OutdatedPass, RetryPass, type RetryPassParts } from "./retry-pass";

interface KeyRetriesParts extends RetryPassParts {
  /** Whether failures are repeated without pauses. */
  readonly isHurried: () => boolean;
}

/**
 * Does again the events of keys that were set aside: from the log, in order, beside the line that goes on with other keys. Nobody but the
 * server that has the bucket of a key does that.
 */
export class KeyRetries {
  readonly #runs = new Map<HeldLine, Promise<void>>();

  constructor(private readonly parts: KeyRetriesParts) {}

  /**
   * Does the keys of a line that are due or asked for, until none is. During a run for the same line, it is that run.
   * @throws CheckpointLost, Interrupted.
   */
  run(line: HeldLine, life: LineLife): Promise<void> {
    let run = this.#runs.get(line);
    if (run === undefined) {
      run = this.#run(line, life).finally(() => this.#runs.delete(line));
      this.#runs.set(line, run);
    }
    return run;
  }

  isRunning(line: HeldLine): boolean {
    return this.#runs.has(line);
  }

  async #run(line: HeldLine, life: LineLife): Promise<void> {
    const { aside, breaker, isHurried } = this.parts;
    const holds = (key: string) => line.holds(key);
    while (!life.end.aborted) {
      const due = aside.due(holds, isHurried());
      if (due.length === 0) return;
      const keys = due.map(({ parked }) => parked);
      try {
        await breaker.ready(life.end);
        if (!life.end.aborted) await new RetryPass(this.parts, line, life, keys).run();
      } catch (error) {
        if (error instanceof StoreUnavailableError) breaker.judge(error);
        else if (error instanceof OutdatedPass) await this.#reload(keys.map(({ key }) => key));
        else throw error;
      }
    }
  }

  async #reload(keys: readonly string[]): Promise<void> {
    try {
      await this.parts.aside.reload(keys);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.parts.breaker.judge(error);
    }
  }
}
