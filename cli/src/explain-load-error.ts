import { existsSync } from "node:fs";
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { TSError } from "ts-node";

/** Why a module could not be loaded, in one sentence with file and line where they are known. */
export function explainLoadError(error: unknown): string {
  if (!(error instanceof Error)) return `it throws ${JSON.stringify(error) ?? String(error)}`;
  const text = error.message.split("\n")[0];
  const place = placeOf(error);
  return place === undefined ? `${text}` : `${text} (${place})`;
}
