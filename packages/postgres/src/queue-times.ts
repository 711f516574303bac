import type { QueueTime } from "@tidemark/core/adapter";

import { bigintArray } from "./binary-arrays";

/** Two arrays for moments, of which one has a value and the other one NULL: the times, and the delays from the database's time on. */
export function timeArrays(moments: readonly (QueueTime | undefined)[]): readonly [times: Buffer, delays: Buffer] {
  const times = moments.map((moment) => (moment !== undefined && "at" in moment ? moment.at : null));
  const delays = moments.map((moment) =>
    moment !== undefined && "afterMs" in moment ? wholeMs(moment.afterMs) : null,
  );
  return [bigintArray(times), bigintArray(delays)];
}

/** Columns hold whole milliseconds: what is due after some is never due earlier. */
export function wholeMs(ms: number): number {
  return Math.ceil(ms);
}
