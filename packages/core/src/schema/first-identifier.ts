import { isIdentifier } from "./identifier";
import type { Shape } from "./shape";

/** The value of the first `identifier()` field that an event or a command declares and has. */
export function firstIdentifier(message: object): string | undefined {
  const { shape } = message.constructor as { readonly shape?: Shape };
  const values = message as Readonly<Record<string, unknown>>;
  for (const [key, field] of Object.entries(shape?.fields ?? {})) {
    const value = values[key];
    if (isIdentifier(field) && typeof value === "string") return value;
  }
  return undefined;
}
