import { z } from "zod";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { OptionalCodec } from "../schema/codec";
import { dynamicCodec } from "../schema/dynamic-codec";
import { embeddedParts } from "../schema/embedded-parts";
import { outputSchema } from "../schema/output-schema";
import { type SettleOptions, settle } from "../schema/settle";
import { storageCodec } from "../schema/storage-codec";
import { zodMessages } from "../schema/zod-messages";

/** What the handler of one command returns: checked where the command declares it, stored by its type or by what it is. */
export class CommandResult {
  readonly #declared: z.core.$ZodType | undefined;
  readonly #codec: OptionalCodec;
  readonly #embeds: boolean;

  constructor(
    private readonly command: string,
    returns: z.core.$ZodType | undefined,
  ) {
    this.#declared = returns && outputSchema(returns);
    this.#embeds = returns !== undefined && embeddedParts(returns).length > 0;
    // What no store can keep is told of when it is to be kept: a command without idempotency key may return anything.
    this.#codec = returns === undefined ? dynamicCodec : storageCodec(returns, () => undefined);
  }

  get isDeclared(): boolean {
    return this.#declared !== undefined;
  }

  /** @throws IncorrectUsageError for a result that is not of the declared type. */
  check(result: unknown): void {
    if (this.#declared === undefined) return;
    const checked = z.safeParse(this.#declared, result);
    if (checked.success) return;
    const { message } = new ValidationError(zodMessages(checked.error), `the result of ${this.command}`);
    throw new IncorrectUsageError(`${message}; its handler must return what the command declares`, { result });
  }

  /** As JSON; undefined stays undefined. @throws IncorrectUsageError for a result that no store can keep. */
  encode(result: unknown): unknown {
    if (result === undefined) return undefined;
    const subject = `the result of ${this.command}`;
    const settled = settledResult(result, { subject, rich: true, embedded: this.#embeds });
    const json = this.#codec === undefined ? settled : this.#codec.encode(settled);
    // Where it embeds instances, only encoding them shows which others are left.
    return this.#embeds ? settledResult(json, { subject }) : json;
  }

  decode(json: unknown): unknown {
    return json === undefined || this.#codec === undefined ? json : this.#codec.decode(json);
  }
}

function settledResult(result: unknown, options: SettleOptions): unknown {
  try {
    return settle(result, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = "a command with an idempotency key returns plain values, which are kept for those who repeat it";
    throw new IncorrectUsageError(`${reason}; ${advice}`, {}, error);
  }
}
