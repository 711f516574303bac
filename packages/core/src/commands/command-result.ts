import { z } from "zod";

import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ValidationError } from "../errors/validation-error";
import type { OptionalCodec } from "../schema/codec";
import { dynamicCodec } from "../schema/dynamic-codec";
import { outputSchema } from "../schema/output-schema";
import { settle } from "../schema/settle";
import { storageCodec } from "../schema/storage-codec";
import { zodMessages } from "../schema/zod-messages";

/** What the handler of one command returns: checked where the command declares it, stored by its type or by what it is. */
export class CommandResult {
  readonly #declared: z.core.$ZodType | undefined;
  readonly #codec: OptionalCodec;

  constructor(
    private readonly command: string,
    returns: z.core.$ZodType | undefined,
  ) {
    this.#declared = returns && outputSchema(returns);
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
    const settled = settledResult(result, `the result of ${this.command}`);
    return this.#codec === undefined ? settled : this.#codec.encode(settled);
  }

  decode(json: unknown): unknown {
    return json === undefined || this.#codec === undefined ? json : this.#codec.decode(json);
  }
}

function settledResult(result: unknown, subject: string): unknown {
  try {
    return settle(result, { subject, rich: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = "a command with an idempotency key returns plain values, which are kept for those who repeat it";
    throw new IncorrectUsageError(`${reason}; ${advice}`, {}, error);
  }
}
