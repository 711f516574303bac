import type { Domain } from "@tidemark/core";

import { openBank } from "./bank";
import { HandWrittenPostgres } from "./hand-written-postgres";
import type { Measurement } from "./interleaved";
import { figure, printTable } from "./result-table";

export interface PostgresContenders {
  readonly domain: Domain;
  readonly sameIndexes: HandWrittenPostgres;
  readonly oneIndex: HandWrittenPostgres;
}

/** Tidemark and two hand-written stores on one server, each with its own tables and a pool of ten connections. */
export async function besideHandWritten<T>(
  url: string,
  body: (contenders: PostgresContenders) => Promise<T>,
): Promise<T> {
  await using domain = await openBank({ provider: "postgres", url });
  const sameIndexes = await HandWrittenPostgres.create({ url, table: "same_indexes", indexes: "all" });
  const oneIndex = await HandWrittenPostgres.create({ url, table: "one_index", indexes: "one" });
  try {
    return await body({ domain, sameIndexes, oneIndex });
  } finally {
    await sameIndexes.close();
    await oneIndex.close();
  }
}

/** Rates of the three contenders under each name, with Tidemark's share of the other two. */
export function printRates(
  title: string,
  unit: string,
  measured: Readonly<Record<string, readonly Measurement[]>>,
): void {
  const rows = Object.entries(measured).map(([name, [tidemark, sameIndexes, oneIndex]]) => {
    if (tidemark === undefined || sameIndexes === undefined || oneIndex === undefined)
      throw new Error(`a measurement of ${name} is missing`);
    const share = (limit: Measurement) => `${figure((100 * limit.median) / tidemark.median, 0)} %`;
    return [
      name,
      ...[tidemark, sameIndexes].flatMap((one) => [rate(one.median), `${rate(one.max)}-${rate(one.min)}`]),
      share(sameIndexes),
      rate(oneIndex.median),
      share(oneIndex),
    ];
  });
  printTable(title, [unit, "Tidemark", "min-max", "same indexes", "min-max", "of same", "one index", "of one"], rows);
}

/** A second's worth of operations that take so many milliseconds. */
function rate(ms: number): string {
  return figure(1_000 / ms, 0);
}
