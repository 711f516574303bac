import { z } from "zod";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DURATION = /^0*[1-9]\d{0,8}[smhd]$/;
const NO_TIME = /^0{1,9}[smhd]$/;
const FOREVER = "forever";

const error = 'must be a duration such as "30s", "15m", "1h" or "2d"';
const errorOrNone = `${error}, or "0s"`;
const errorOfEndless = `${error}, or "${FOREVER}"`;

/** Parses a length of time as domain.toml writes it, such as `"15m"`, into milliseconds. */
export const durationMs = z.string({ error }).regex(DURATION, { error }).transform(msOf);

/** Parses a length of time as `durationMs` does; `"0s"` is 0: not at all. */
export const durationOrNoneMs = z
  .string({ error: errorOrNone })
  .refine((text) => NO_TIME.test(text) || DURATION.test(text), { error: errorOrNone })
  .transform(msOf);

/** Parses a length of time as `durationMs` does; `"forever"` is `Infinity`. */
export const endlessDurationMs = z
  .string({ error: errorOfEndless })
  .refine((text) => text === FOREVER || DURATION.test(text), { error: errorOfEndless })
  .transform((text) => (text === FOREVER ? Number.POSITIVE_INFINITY : msOf(text)));

function msOf(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] as number);
}
