import { ASYNC_ADVICE } from "./parse-now";
import { calls, isSchema, nodeOf, partsOf, type Schema } from "./zod-tree";

/**
 * Reports the parts of a field that no shape can have, at any depth: schemas of other libraries, async refinements and transforms.
 * A function that returns a promise without being declared `async` is found when it first runs.
 */
export function checkParts(field: unknown, report: (fault: string) => void): void {
  const seen = new Set<unknown>();
  const check = (part: unknown): void => {
    if (seen.has(part)) return;
    seen.add(part);
    const foreign = foreignSchema(part);
    if (foreign !== undefined) {
      report(part === field ? foreign : `a part of it ${foreign}`);
      return;
    }
    const schema = part as Schema;
    const node = nodeOf(schema);
    if (calls(schema, isAsync)) {
      const what = node.kind === "leaf" && node.type === "transform" ? "transform" : "refinement";
      report(`it has an async ${what}; ${ASYNC_ADVICE}`);
    }
    // The classes of embedded types have checked their own shapes.
    if (node.kind === "own") return;
    for (const inner of partsOf(schema)) check(inner);
    if (node.kind === "pipe") check(node.input);
    if (node.kind === "record") check(node.key);
  };
  check(field);
}

/** True for functions that were declared `async`, of another realm too. */
export function isAsync(body: object): boolean {
  return body.constructor.name === "AsyncFunction";
}

/** Says what is wrong with something that stands in the place of a schema; undefined for a schema of zod 4, `zod/mini` included. */
function foreignSchema(value: unknown): string | undefined {
  if (isSchema(value)) return undefined;
  const needs = 'Tidemark needs zod 4: import { z } from "zod", version 4';
  const { "~standard": standard } = Object(value) as { readonly "~standard"?: { readonly vendor?: unknown } };
  if (standard !== undefined && standard.vendor !== "zod") return `was made by ${String(standard.vendor)}; ${needs}`;
  return "_def" in Object(value) ? `was made by zod 3; ${needs}` : "is not a zod schema";
}
