import { ValidationError } from "../errors/validation-error";
import { inWords } from "../wording/in-words";

/**
 * Reads a position that `domain.position()` gave, and that may have been on its way through a client.
 * @param option the option that has it, for the error.
 * @throws ValidationError for any other text.
 */
export function globalPositionOf(token: unknown, option: string): number {
  const position = typeof token === "string" && /^\d{1,16}$/.test(token) ? Number(token) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw new ValidationError({
    [option]: [`expected a position as domain.position() gives it, found ${inWords(token)}`],
  });
}
