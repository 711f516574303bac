import type { Place } from "../program/place";
import { openTeller } from "../tellers/open-teller";
import type { Teller, TellerOptions } from "../tellers/teller";

/** Gives `body` the place's teller and closes it afterwards. */
export async function withTeller<T>(
  place: Place,
  options: TellerOptions,
  body: (teller: Teller) => Promise<T>,
): Promise<T> {
  const teller = await openTeller(place, options);
  try {
    return await body(teller);
  } finally {
    await teller.close();
  }
}
