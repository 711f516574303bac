import type { ComparedAggregates } from "@tidemark/core";

import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { redact } from "../printing/redact";
import type { Results } from "../printing/results";
import { differenceLine } from "../projections/difference-line";

/** How many aggregates that could not be compared are named: thousands of lines would hide the rest. */
const NAMED_FAILURES = 20;

/** Prints each path that differs under the id of its aggregate, and the aggregates that could not be compared. */
export async function printDifferences(
  results: Results,
  name: string,
  { differences, failed, failing }: ComparedAggregates,
): Promise<void> {
  let last: string | undefined;
  for (const { id, path, stored, folded } of differences) {
    const head = id === last ? "" : `${name}(${printable(id)})\n`;
    last = id;
    await results.line(`${head}  ${differenceLine({ path, stored, folded }, "by the events")}`);
    if (results.isClosed) return;
  }
  const named = failed.slice(0, NAMED_FAILURES);
  for (const { id, reason } of named) await results.line(`${name}(${printable(id)}): ${printable(redact(reason))}`);
  if (failing > named.length) await results.line(`and ${grouped(failing - named.length)} more`);
}

/** Returns what was found as the parts of a sentence: `2 differ`, `1 failed`. */
export function countsInWords({ differing, failing }: ComparedAggregates): readonly string[] {
  return [
    ...(differing === 0 ? [] : [`${grouped(differing)} differ`]),
    ...(failing === 0 ? [] : [`${grouped(failing)} failed`]),
  ];
}

/** Returns the line for standard error about aggregates that differ and are not printed; undefined where all are. */
export function leftOut({ differing, differences }: ComparedAggregates): string | undefined {
  const printed = new Set(differences.map(({ id }) => id)).size;
  return printed < differing ? `Only the first ${grouped(printed)} of those that differ are printed.` : undefined;
}

/** Returns what was found as JSON has it, without passwords in reasons. */
export function comparedDocument<C extends ComparedAggregates>(compared: C): C {
  return { ...compared, failed: compared.failed.map(({ id, reason }) => ({ id, reason: redact(reason) })) };
}
