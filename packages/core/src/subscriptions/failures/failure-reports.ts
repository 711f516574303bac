import type { ParkedKey } from "../../ports/subscription-store";
import type { Consumer } from "../reading/consumer";
import { type ParkedKeyStatus, parkedStatus } from "./parked-status";

interface FailureReportsParts {
  readonly logError: (message: string, details: object) => void;
  readonly logWarning: (message: string, details: object) => void;
}

type Reported = Pick<Consumer, "name" | "kind">;
type ParkedListener = (subscription: string, status: ParkedKeyStatus) => void;

/** Tells loggers and whoever listens what has failed, each failure once, as a sentence with the values in it. */
export class FailureReports {
  readonly #listeners = new Set<ParkedListener>();

  constructor(private readonly parts: FailureReportsParts) {}

  /** Calls `listener` with the identity of a subscription, and each of its keys that is parked. @returns a function that ends it. */
  onParked(listener: ParkedListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A key waits for its next attempt. */
  waits(consumer: Reported, parked: Omit<ParkedKey, "revision">, error: unknown, { inPlace = false } = {}): void {
    const status = parkedStatus(parked, consumer.name);
    const effect = inPlace ? "the events behind it wait" : "the later events of this key wait";
    this.parts.logWarning(`${described(consumer, status)}; it is tried again, ${effect}`, this.#details(status, error));
  }

  /** A key is set aside until somebody asks for it. */
  parked(consumer: Reported, parked: Omit<ParkedKey, "revision">, error: unknown): void {
    const status = parkedStatus(parked, consumer.name);
    const key = JSON.stringify(status.key);
    this.parts.logError(
      `${described(consumer, status)}; the key is set aside: its later events wait, other keys go on. Correct the cause, then ` +
        `\`domain parked retry ${consumer.name} ${key}\`, or domain.retryParked({ subscription: "${consumer.name}", key: ${key} })`,
      this.#details(status, error),
    );
    for (const listener of this.#listeners) listener(parked.subscription, status);
  }

  /** An event was passed over. */
  skipped(consumer: Reported, parked: Omit<ParkedKey, "revision">, error: unknown): void {
    const status = parkedStatus(parked, consumer.name);
    const who = status.by === undefined ? "" : ` by ${JSON.stringify(status.by)}`;
    const why = status.reason === undefined ? "" : `: ${status.reason}`;
    this.parts.logWarning(
      `${described(consumer, status)}; the event was skipped${who}${why}`,
      this.#details(status, error),
    );
  }

  #details(status: ParkedKeyStatus, error: unknown): object {
    const { subscription, key, position, attempts, type, stream, place } = status;
    return { subscription, key, position, class: status.class, attempts, type, stream, place, error };
  }
}

function described(
  consumer: Reported,
  { key, place, type, position, stream, attempts, error }: ParkedKeyStatus,
): string {
  const times = attempts > 1 ? ` ${attempts} times` : "";
  return (
    `${nameOf(consumer)}: ${place} failed${times} for key ${JSON.stringify(key)} on event ${JSON.stringify(type)} at global position ` +
    `${position}, of stream ${JSON.stringify(stream)}: ${error.message}`
  );
}

function nameOf({ kind, name }: Reported): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`;
}
