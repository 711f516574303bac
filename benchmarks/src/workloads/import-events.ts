import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { withTeller } from "./with-teller";

const COMMIT_SIZE = 100;
const COMMITS = 50;

/** Events that happened elsewhere, appended in commits of 100. */
export const importEvents: Workload = {
  name: "import",
  title: `import in commits of ${COMMIT_SIZE}`,
  unit: "events/s",
  better: "more",
  stores: STORES,
  contenders: CONTENDERS,
  variants: [{ title: "", size: COMMITS }],
  measure: (place, { size }) =>
    withTeller(place, PLAIN, async (teller) => {
      const cost = await costPerOperation({
        figures: 7,
        operations: size * COMMIT_SIZE,
        run: async (batch) => {
          for (let commit = 0; commit < size; commit++) {
            const answer = teller.append(`imported-${place.round}-${batch}`, commit * COMMIT_SIZE, COMMIT_SIZE);
            if (answer instanceof Promise) await answer;
          }
        },
      });
      return perSecond(cost);
    }),
};
