import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { abandon, isPromise } from "../errors/returned-promise";
import { toStorable } from "../schema/storable";

/** What enrichers added to a message: plain values that JSON can hold. */
export type Extensions = Readonly<Record<string, unknown>>;

/** Adds to what is stored with a message; undefined adds nothing. It must return at once. */
export type Enricher<Context> = (message: object, context: Context) => Readonly<Record<string, unknown>> | undefined;

/** What an enricher may look at besides the message. */
export interface EnrichmentContext {
  /** `Fidelis.DepositMade.v1` */
  readonly type: string;
  readonly correlationId: string;
  /** What was added before: by the command that caused the message, and by earlier enrichers. */
  readonly extensions: Extensions;
}

/** What an enricher of events may look at: an event that is about to be stored. */
export interface EventEnrichmentContext extends EnrichmentContext {
  /** The aggregate's name. */
  readonly aggregate: string;
  readonly aggregateId: string;
  /** The aggregate's version with this event: its position in the stream. */
  readonly version: number;
  /** The id of the command that caused it; absent outside a command. */
  readonly causationId?: string;
}

/** What an enricher of commands may look at: a command that is about to be carried out. */
export interface CommandEnrichmentContext extends EnrichmentContext {
  /** The `causationId` of the events that it will cause. */
  readonly commandId: string;
}

export type EventEnrichers = Enrichers<EventEnrichmentContext>;
export type CommandEnrichers = Enrichers<CommandEnrichmentContext>;

/** The enrichers of one kind of message, in the order of their registration. */
export class Enrichers<Context extends EnrichmentContext> {
  readonly #enrichers: Enricher<Context>[] = [];

  /** @param call as it is written, for the error: `domain.enrichEvents`. */
  constructor(private readonly call: string) {}

  /** @throws IncorrectUsageError for anything but a function that returns at once. */
  add(enricher: Enricher<Context>): void {
    const found = typeof enricher === "function" ? "an async function" : typeof enricher;
    if (typeof enricher !== "function" || enricher.constructor.name === "AsyncFunction")
      throw new IncorrectUsageError(`${this.call} takes a function that returns at once, found ${found}`);
    this.#enrichers.push(enricher);
  }

  get isEmpty(): boolean {
    return this.#enrichers.length === 0;
  }

  /**
   * Runs all enrichers; the later one of two values for one key wins.
   * @returns the extensions of before with those added now.
   * @throws IncorrectUsageError, ValidationError for what cannot be stored; what an enricher throws.
   */
  extensionsOf(message: object, context: Context): Extensions {
    let { extensions } = context;
    for (const enricher of this.#enrichers) {
      const added: unknown = enricher(message, { ...context, extensions });
      if (added !== undefined) extensions = { ...extensions, ...this.checked(added, context.type) };
    }
    return extensions;
  }

  private checked(added: unknown, type: string): Extensions {
    if (typeof added === "object" && added !== null && !Array.isArray(added) && !isPromise(added))
      return toStorable(added as Extensions, { subject: `what ${this.call} adds to ${type}` });
    if (isPromise(added)) abandon(added);
    const found = isPromise(added) ? "a promise" : Array.isArray(added) ? "an array" : described(added);
    throw new IncorrectUsageError(
      `${this.call} was given a function that returned ${found} for ${type}, not an object`,
    );
  }
}

function described(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
