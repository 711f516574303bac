import type { Domain, ProjectionClass } from "@tidemark/core";

import { nearText } from "../domain/near-names";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { fieldLines } from "../printing/field-lines";
import type { Results } from "../printing/results";
import { cellText, rowJson } from "./row-values";

interface ShownRow {
  readonly domain: Domain;
  readonly name: string;
  readonly projection: ProjectionClass;
  readonly key: string;
}

/** Prints one row of a projection. @throws CommandError with the key probably meant, where there is no such row. */
export async function showRow(
  results: Results,
  { domain, name, projection, key }: ShownRow,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const view = domain.viewOf(projection);
  const row = (await view.find(key)) as Record<string, unknown> | undefined;
  if (row === undefined) {
    const hint = await nearText(keysOf(domain, projection), key);
    throw new CommandError(`${name} has no row with key ${JSON.stringify(key)}${hint}`, { status: ExitStatus.failed });
  }
  if (json) await results.line(rowJson({ projection: name, key, row }, 2));
  else await results.line(fieldLines(view.fields.map((field) => [field, cellText(row[field])])).join("\n"));
}

/** The keys of the rows of a projection, in their order. */
export async function* keysOf(domain: Domain, projection: ProjectionClass): AsyncGenerator<string> {
  const view = domain.viewOf(projection);
  const [key = ""] = view.fields;
  for await (const row of view.stream() as AsyncGenerator<object>) yield String((row as Record<string, unknown>)[key]);
}
