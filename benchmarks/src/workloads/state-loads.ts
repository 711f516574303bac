import { deepStrictEqual } from "node:assert";

import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { newCustomer } from "../registrars/plain-customer";
import { withRegistrar } from "./with-registrar";

const CUSTOMERS = 10_000;
const LOADS = 1_000;
/** A step through the customers that meets each of them once before it meets one again. */
const STEP = 7_919;

/** One customer after the other by its id, each from its row. */
export const stateLoads: Workload = {
  name: "state-loads",
  title: "load of stored state by its id",
  unit: "loads/s",
  better: "more",
  stores: STORES,
  variants: [{ title: "10,000 customers", size: CUSTOMERS }],
  measure: (place, { size }) =>
    withRegistrar(place, { raisesEvents: false, byCommand: false }, async (registrar) => {
      const ids = Array.from({ length: size }, (_, number) => `${place.round}-${number}`);
      await registrar.register(ids);
      const sample = ids[STEP] as string;
      // Both ways must have read the same, or their times say nothing.
      deepStrictEqual({ ...(await registrar.customer(sample)) }, newCustomer(sample));
      const cost = await costPerOperation({
        figures: 7,
        operations: LOADS,
        run: async (batch) => {
          for (let load = 0; load < LOADS; load++) {
            const answer = registrar.customer(ids[((batch * LOADS + load) * STEP) % size] as string);
            if (answer instanceof Promise) await answer;
          }
        },
      });
      return perSecond(cost);
    }),
};
