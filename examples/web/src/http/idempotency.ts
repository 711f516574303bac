import type { ProcessOptions } from "@tidemark/core";

/** Options of `process` for a request: its `Idempotency-Key`, with or without quotes, makes the command happen once. */
export function optionsFor(idempotencyKey: string | undefined): ProcessOptions {
  return idempotencyKey === undefined ? {} : { idempotencyKey: idempotencyKey.replace(/^"(.*)"$/, "$1") };
}
