import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { inWords } from "../wording/in-words";

/** Reads a position that `domain.position()` gave. @param option the option that has it, for the error. */
export function globalPositionOf(token: unknown, option: string): number {
  const position = typeof token === "string" && /^\d{1,16}$/.test(token) ? Number(token) : Number.NaN;
  if (Number.isSafeInteger(position)) return position;
  throw new IncorrectUsageError(`"${option}" takes a position as domain.position() gives it, found ${inWords(token)}`);
}
