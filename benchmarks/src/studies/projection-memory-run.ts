import { bank } from "../bank";
import { declareSummary } from "../bookkeepers/account-summary";
import type { Place } from "../program/place";
import { settingsOf } from "../tellers/open-teller";

/** What a process holds after so many events. */
export interface MemorySample {
  readonly events: number;
  readonly residentMb: number;
  /** What JavaScript still refers to. */
  readonly heapMb: number;
}

const EVENTS_A_SAMPLE = 100_000;
const MB = 1_024 * 1_024;

/** The process that projects: tells its memory to the process that started it. Needs `--expose-gc`. */
async function project(place: Place): Promise<void> {
  let events = 0;
  const domain = bank({ event_store: settingsOf(place), server: { embedded: false } });
  declareSummary(domain, {
    seen: () => {
      if (++events % EVENTS_A_SAMPLE !== 0) return;
      const { rss } = process.memoryUsage();
      globalThis.gc?.();
      process.send?.({ events, residentMb: rss / MB, heapMb: process.memoryUsage().heapUsed / MB });
    },
  });
  await domain.init();
  await domain.catchUp();
  await domain.close();
}

process.once("message", (place: Place) => {
  project(place).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
