import type { Domain, ProjectionClass } from "@tidemark/core";

import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { printTable } from "../printing/table";
import { cellText, rowJson } from "./row-values";

interface ListRowsOptions {
  readonly json?: boolean;
  /** The key behind which the list goes on. */
  readonly after?: string;
  readonly limit: number;
}

interface ListedRows {
  readonly domain: Domain;
  readonly name: string;
  readonly projection: ProjectionClass;
}

/** Prints the rows of a projection in the order of their keys. */
export async function listRows(
  { stderr }: Pick<Io, "stderr">,
  results: Results,
  { domain, name, projection }: ListedRows,
  { json, after, limit }: ListRowsOptions,
): Promise<void> {
  const view = domain.viewOf(projection);
  const [key = "", ...others] = view.fields;
  let next: string | undefined;
  async function* rows() {
    const wanted = after === undefined ? view : view.where(key as never, ">" as never, after as never);
    let last: string | undefined;
    let count = 0;
    for await (const row of wanted.stream() as AsyncGenerator<Record<string, unknown>>) {
      if (count++ === limit) {
        next = last;
        return;
      }
      last = String(row[key]);
      yield row;
    }
  }
  if (json) {
    await results.array(rows(), rowJson);
    await results.print("\n");
  } else {
    const columns = [{ title: key, shrinks: true }, ...others.map((title) => ({ title }))];
    async function* cells() {
      for await (const row of rows()) yield view.fields.map((field) => cellText(row[field]));
    }
    const count = await printTable(columns, cells(), results);
    await results.line(count === 0 ? `No rows of ${name}.` : `${grouped(count)} row(s) of ${name}.`);
  }
  if (next === undefined) return;
  const call = `domain list ${name} --after=${JSON.stringify(next)}`;
  stderr.write(`There are more than ${grouped(limit)}: ${call} prints the next ones, --limit=all prints all.\n`);
}
