import type { Diagnosis } from "@tidemark/core/adapter";

import type { Facts } from "./facts";
import { fine, unknown } from "./verdicts";

const NAME = "global_positions";

/** Looks at the sequence that gives events their global positions: readers rely on the order in which it gives them out. */
export function positions(facts: Facts, schemaName: string): readonly Diagnosis[] {
  const { sequence } = facts;
  if (sequence === undefined)
    return [unknown(NAME, "This role cannot see the sequence.", `As its owner: \\d "${schemaName}".${NAME}`)];
  // Without a schema there is none yet.
  if (sequence === null) return [];
  const faults = faultsOf(facts, `"${schemaName}"`);
  if (faults.length === 0)
    return [
      fine(
        NAME,
        `The sequence gives out one number at a time${isCompared(facts) ? ", above all that are in use" : ""}.`,
      ),
    ];
  return [
    {
      name: NAME,
      verdict: faults.some(({ verdict }) => verdict === "danger") ? "danger" : "warning",
      finding: faults.map(({ finding }) => finding).join(" "),
      advice: faults.map(({ advice }) => advice).join(" "),
    },
  ];
}

/** Whether this role may see both the last number and the events. */
function isCompared({ sequence, highest }: Facts): boolean {
  return sequence?.seesLast === true && typeof highest === "number";
}

function faultsOf(facts: Facts, schema: string): readonly Omit<Diagnosis, "name">[] {
  const { highest } = facts;
  const { cache, increment, cycles, last } = facts.sequence!;
  const faults: Omit<Diagnosis, "name">[] = [];
  if (cache !== 1)
    faults.push({
      verdict: "danger",
      finding: `Each connection takes ${cache} numbers at once: events become visible below positions that readers have passed, and these miss them.`,
      advice: `ALTER SEQUENCE ${schema}.${NAME} CACHE 1; then restart every process that writes.`,
    });
  if (increment !== 1)
    faults.push({
      verdict: increment < 1 ? "danger" : "warning",
      finding:
        increment < 1
          ? "Numbers go down: readers miss every new event."
          : `Numbers go up by ${increment}: readers wait at each gap until nobody writes.`,
      advice: `ALTER SEQUENCE ${schema}.${NAME} INCREMENT BY 1;`,
    });
  if (cycles)
    faults.push({
      verdict: "danger",
      finding: "The sequence begins again after its last number: readers miss the events that get numbers again.",
      advice: `ALTER SEQUENCE ${schema}.${NAME} NO CYCLE;`,
    });
  if (isCompared(facts) && (last ?? 0) < highest!)
    faults.push({
      verdict: "danger",
      finding: `The last number that it gave out is ${last ?? 0}, but an event has the position ${highest}: readers that have passed that miss new events.`,
      advice: `While nobody writes: SELECT setval('${schema}.${NAME}', (SELECT max(global_position) FROM ${schema}.events));`,
    });
  return faults;
}
