import { AssertionError } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";

import { type AppendRequest, DomainError } from "@tidemark/core";

import type { HistoryStore } from "./history-store";
import { PlainModel } from "./plain-model";

/** One thing that a history asks, in words and in deed. */
export interface Call {
  readonly words: string;
  ask(store: HistoryStore): unknown;
}

/** Decides what to ask when its turn has come, by what the history has led to. */
export type Step = (history: History) => Call;

/** Asks a store and the plain model the same things, one after the other, and stops where their answers differ. */
export class History {
  readonly model = new PlainModel();
  /** Every append that was tried, refused ones included. */
  readonly tried: (readonly AppendRequest[])[] = [];
  private readonly calls: Call[] = [];
  private events = 0;
  private snapshots = 0;

  constructor(private readonly store: HistoryStore) {}

  /** @throws AssertionError with all that was asked, the last answer and what it should have been. */
  async take(step: Step): Promise<void> {
    const call = step(this);
    this.calls.push(call);
    const [expected, found] = [await outcome(call, this.model), await outcome(call, this.store)];
    if (isDeepStrictEqual(found, expected)) return;
    const asked = this.calls.map(({ words }, index) => `  ${index + 1}. ${words}`).join("\n");
    const message = `After these calls\n${asked}\nthe store answers\n  ${legible(found)}\nand the plain model\n  ${legible(expected)}`;
    throw new AssertionError({ message });
  }

  newEventId(): string {
    return `e${++this.events}`;
  }

  /** Different for each snapshot, so that no two of them are equally new. */
  newSnapshotTime(): number {
    return ++this.snapshots;
  }
}

export function call<Method extends keyof HistoryStore>(
  method: Method,
  ...told: Parameters<HistoryStore[Method]>
): Call {
  return {
    words: `${method}(${told.map(legible).join(", ")})`,
    ask: (store) => (store[method] as (...told: Parameters<HistoryStore[Method]>) => unknown)(...told),
  };
}

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
