import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { OptionalCodec } from "../schema/codec";
import { dynamicCodec } from "../schema/dynamic-codec";
import { embeddedParts } from "../schema/embedded-parts";
import { outputSchema } from "../schema/output-schema";
import { parseNow } from "../schema/parse-now";
import { type StorableOptions, toStorable } from "../schema/storable";
import { storageCodec } from "../schema/storage-codec";
import { zodMessages } from "../schema/zod-messages";
import type { Schema } from "../schema/zod-tree";
import { reasonOf } from "../wording/in-words";

/** Checks, stores and reads the results of one command or query: by the declared type, or else by the type of each value. */
export class CommandResult {
  readonly #declared: Schema | undefined;
  readonly #codec: OptionalCodec;
  readonly #embeds: boolean;

  constructor(
    private readonly message: string,
    returns: Schema | undefined,
    private readonly noun: "command" | "query" = "command",
  ) {
    this.#declared = returns && outputSchema(returns);
    this.#embeds = returns !== undefined && embeddedParts(returns).length > 0;
    // A type that no store can keep is refused when a result has to be stored: without idempotency key none is.
    this.#codec = returns === undefined ? dynamicCodec : storageCodec(returns, () => undefined);
  }

  get isDeclared(): boolean {
    return this.#declared !== undefined;
  }

  /** @throws IncorrectUsageError for a result of another type than the declared one. */
  check(result: unknown): void {
    if (this.#declared === undefined) return;
    const subject = `the result of ${this.message}`;
    const checked = parseNow(this.#declared, result, subject);
    if (checked.success) return;
    const { message } = new ValidationError(zodMessages(checked.error), subject);
    throw new IncorrectUsageError(`${message}; its handler must return what the ${this.noun} declares`, { result });
  }

  /**
   * Turns a result into JSON. Leaves undefined as it is.
   *
   * @throws IncorrectUsageError for a result that no store can keep.
   */
  encode(result: unknown): unknown {
    if (result === undefined) return undefined;
    const subject = `the result of ${this.message}`;
    const copy = storableResult(result, { subject, rich: true, embedded: this.#embeds });
    const json = this.#codec === undefined ? copy : this.#codec.encode(copy);
    // The copy may hold instances: encoding those that are declared shows whether any other is left.
    return this.#embeds ? storableResult(json, { subject }) : json;
  }

  decode(json: unknown): unknown {
    return json === undefined || this.#codec === undefined ? json : this.#codec.decode(json);
  }
}

function storableResult(result: unknown, options: StorableOptions): unknown {
  try {
    return toStorable(result, options);
  } catch (error) {
    const advice =
      "a command with an idempotency key, or one that runs later, returns plain values, because they are stored";
    throw new IncorrectUsageError(`${reasonOf(error)}; ${advice}`, {}, error);
  }
}
