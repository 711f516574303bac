import type { Diagnosis } from "@tidemark/core/adapter";

import { grantToSee } from "./change-of-setting";
import type { Facts, WriterFacts } from "./facts";
import { fine, unknown, warning } from "./verdicts";

const NAME = "open_transactions";
const LONG_MS = 60_000;

/** Looks for transactions that have written events and stay open: readers stop before the first position that these have drawn. */
export function openTransactions(facts: Facts): Diagnosis {
  const { writers } = facts;
  if (writers === undefined) return unknown(NAME, "This role cannot see who writes events.", grantToSee(facts));
  const long = writers.filter(({ ageMs }) => ageMs !== null && ageMs > LONG_MS);
  if (long.length > 0)
    return warning(
      NAME,
      `${long.map(inWords).join("; ")}: readers stop before the events of such a transaction until it ends.`,
      long.map(endOf).join(" "),
    );
  const unseen = writers.filter(({ ageMs }) => ageMs === null).length;
  if (unseen > 0)
    return unknown(
      NAME,
      `${unseen} transaction(s) of other roles write events; this role cannot see since when.`,
      grantToSee(facts),
    );
  return fine(NAME, "No transaction that writes events has been open for more than a minute.");
}

function inWords({ pid, name, gid, ageMs }: WriterFacts): string {
  const who =
    pid === null
      ? `The prepared transaction ${JSON.stringify(gid)}`
      : `The transaction of process ${pid} (${JSON.stringify(name)})`;
  return `${who} has been open for ${Math.floor(ageMs! / 60_000)} min`;
}

function endOf({ pid, gid }: WriterFacts): string {
  return pid === null ? `ROLLBACK PREPARED '${gid!.replaceAll("'", "''")}';` : `SELECT pg_terminate_backend(${pid});`;
}
