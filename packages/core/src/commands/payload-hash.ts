import { createHash } from "node:crypto";

import type { Shape } from "../schema/shape";

/** A hash of what a command holds: the same for two commands with the same values, in whatever order of keys. */
export function payloadHash(command: object, shape: Shape): string {
  const json = JSON.stringify(shape.encode({ ...command }), (_key, value: unknown) => inOrder(value));
  return createHash("sha256").update(json).digest("hex");
}

function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
