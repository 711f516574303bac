import { msPerOperation } from "../program/batches";
import { type Place, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { POINTS } from "../registrars/plain-customer";
import type { Registrar, RegistrarOptions } from "../registrars/registrar";
import { withRegistrar } from "./with-registrar";

const CUSTOMERS = 400;
const BATCHES = 7;

/** One command after the other on customers that are stored as state, with and without an event in the transaction of the row. */
export const stateSaves: Workload = {
  name: "state-saves",
  title: "a command on stored state",
  unit: "commands/s",
  better: "more",
  stores: STORES,
  variants: [
    { title: "with an event", size: 1 },
    { title: "without an event", size: 0 },
  ],
  measure: (place, { size }) => saving(place, { raisesEvents: size === 1 }),
};

function saving(place: Place, options: RegistrarOptions): Promise<number> {
  return withRegistrar(place, options, async (registrar) => {
    const ids = Array.from({ length: CUSTOMERS }, (_, number) => `${place.round}-${number}`);
    await registrar.register(ids);
    let visits = 0;
    const ms = await msPerOperation({
      batches: BATCHES,
      operations: CUSTOMERS,
      run: async () => {
        visits++;
        for (const customerId of ids) {
          const answer = registrar.visit(customerId);
          if (answer instanceof Promise) await answer;
        }
      },
    });
    await check(registrar, ids[0] as string, { visits, events: options.raisesEvents ? visits : 0 });
    return 1_000 / ms;
  });
}

/** Both ways must have stored the same, or their times say nothing. */
async function check(
  registrar: Registrar,
  customerId: string,
  expected: { readonly visits: number; readonly events: number },
): Promise<void> {
  const { visits, points } = await registrar.customer(customerId);
  const events = await registrar.events(customerId);
  if (visits === expected.visits && points === visits * POINTS && events === expected.events) return;
  throw new Error(`${customerId} has ${visits} visits, ${points} points and ${events} events after ${expected.visits}`);
}
