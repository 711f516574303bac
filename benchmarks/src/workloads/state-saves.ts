import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { type Place, STORES } from "../program/place";
import type { Sample } from "../program/sample";
import type { Workload } from "../program/workload";
import { POINTS } from "../registrars/plain-customer";
import type { Registrar, RegistrarOptions } from "../registrars/registrar";
import { withRegistrar } from "./with-registrar";

const CUSTOMERS = 400;
const FIGURES = 7;

/** One change after the other to customers that are stored as state, each loaded and saved: by their repository, and in commands. */
export const stateSaves: Workload = {
  name: "state-saves",
  title: "load and save of stored state",
  unit: "saves/s",
  better: "more",
  stores: STORES,
  variants: [
    { title: "without an event", size: 0 },
    { title: "with an event", size: 1 },
    { title: "by a command", size: 2 },
    { title: "by a command, with an event", size: 3 },
  ],
  measure: (place, { size }) => saving(place, { raisesEvents: size % 2 === 1, byCommand: size >= 2 }),
};

function saving(place: Place, options: RegistrarOptions): Promise<Sample> {
  return withRegistrar(place, options, async (registrar) => {
    const ids = Array.from({ length: CUSTOMERS }, (_, number) => `${place.round}-${number}`);
    await registrar.register(ids);
    let visits = 0;
    const cost = await costPerOperation({
      figures: FIGURES,
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
    return perSecond(cost);
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
