import { AssertionError } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";

import { DomainError } from "@tidemark/core";
import type { AppendRequest, Operation } from "@tidemark/core/adapter";

import type { HistoryStore } from "./history-store";
import { PlainModel } from "./plain-model";

/** One thing that a history asks, in words and in deed. */
export interface Call {
  readonly words: string;
  /** Whether the store is another one afterwards. */
  readonly writes: boolean;
  ask(store: HistoryStore): unknown;
}

/** Decides what to ask when its turn has come, by what the history has led to. */
export type Step = (history: History) => Call;

/** Asks a store and the plain model the same things, one after the other, and stops where their answers differ. */
export class History {
  readonly model = new PlainModel();
  /** Every append that was tried, refused ones included. */
  readonly tried: TriedAppend[] = [];
  /** What has changed the store, in words. */
  private readonly written: string[] = [];
  private events = 0;
  private snapshots = 0;
  private timers = 0;

  constructor(private readonly store: HistoryStore) {}

  /** @throws AssertionError with what was written, the call that went wrong, its answer and what that should have been. */
  async take(step: Step): Promise<void> {
    const call = step(this);
    const [expected, found] = [await outcome(call, this.model), await outcome(call, this.store)];
    if (isDeepStrictEqual(found, expected)) {
      if (call.writes) this.written.push(call.words);
      return;
    }
    const calls = [...this.written, call.words].map((words, index) => `  ${index + 1}. ${words}`).join("\n");
    const answers = `the store answers\n  ${legible(found)}\nand the plain model\n  ${legible(expected)}`;
    throw new AssertionError({ message: `To the last of these calls\n${calls}\n${answers}` });
  }

  /** Says that the store was closed and opened again. */
  noteReopening(): void {
    this.written.push("close, then open again");
  }

  newEventId(): string {
    return `e${++this.events}`;
  }

  /** Different each time that a timer is set. */
  newTimerNumber(): number {
    return ++this.timers;
  }

  /** Different for each snapshot, so that no two of them are equally new. */
  newSnapshotTime(): number {
    return ++this.snapshots;
  }
}

/** An append with what it brought. */
interface TriedAppend {
  readonly requests: readonly AppendRequest[];
  readonly also: readonly Operation[];
}

export function call<Method extends keyof HistoryStore>(
  method: Method,
  ...told: Parameters<HistoryStore[Method]>
): Call {
  return {
    words: `${method}(${told.map(legible).join(", ")})`,
    writes: WRITING.has(method),
    ask: (store) => (store[method] as (...told: Parameters<HistoryStore[Method]>) => unknown)(...told),
  };
}

const WRITING: ReadonlySet<string> = new Set([
  "append",
  "writeSnapshots",
  "deleteSnapshots",
  "flush",
  "raiseGeneration",
  "claim",
  "extend",
  "release",
  "forgetFinished",
]);

/** What came of a call: its answer, or the refusal as far as the port fixes it. */
async function outcome(call: Call, store: HistoryStore): Promise<object> {
  try {
    return { answer: await call.ask(store) };
  } catch (error) {
    if (!(error instanceof DomainError)) return { failure: String(error) };
    const { code, details } = error;
    return code === "EXPECTED_VERSION_MISMATCH" ? { refusal: code, ...details } : { refusal: code };
  }
}

function legible(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, compact: true });
}
