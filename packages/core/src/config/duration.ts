import { z } from "zod";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const error = 'must be a duration such as "30s", "15m", "1h" or "2d"';

/** Stands for a length of time without an end. */
export const FOREVER = "forever";

/** Parses a length of time as domain.toml writes it, such as `"15m"`, into milliseconds. */
export const durationMs = z
  .string({ error })
  .regex(/^0*[1-9]\d{0,8}[smhd]$/, { error })
  .transform((text) => Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] as number));

/** Parses a length of time as `durationMs` does, or `"forever"`. */
export const durationMsOrForever = z.union([z.literal(FOREVER), durationMs], {
  error: 'must be a duration such as "30s", "15m", "1h" or "2d", or "forever"',
});
