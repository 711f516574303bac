import { z } from "zod";

import { nodeOf, type Schema, withChecksOf, withOwnType, withoutCoercion, withParts } from "./zod-tree";

/**
 * Returns the schema of the values that another schema puts out. Such a value must have the declared type as it is:
 * transforms do not run again, and nothing is coerced, caught, filled in or frozen.
 */
export function outputSchema<T extends Schema>(schema: T): T {
  return new Rewriting().of(schema) as T;
}

class Rewriting {
  private readonly known = new Map<Schema, Schema | undefined>();

  of(schema: Schema): Schema {
    // A schema that contains itself is looked up when a value is checked, since it is not rewritten yet.
    if (this.known.has(schema)) return this.known.get(schema) ?? z.lazy(() => this.known.get(schema) as Schema);
    this.known.set(schema, undefined);
    const rewritten = this.rewrite(schema);
    this.known.set(schema, rewritten);
    return rewritten;
  }

  private rewrite(schema: Schema): Schema {
    const node = nodeOf(schema);
    switch (node.kind) {
      case "own":
        return withOwnType(schema, { ...node.type, accept: node.type.inspect });
      // The checks of a wrapper are about its output.
      case "pipe":
        return withChecksOf(this.of(node.output), schema);
      case "default":
      case "prefault":
      case "catch":
      case "readonly":
        return withChecksOf(this.of(node.inner), schema);
      case "lazy":
        return z.lazy(() => this.of(node.resolve()));
      case "leaf":
        return node.type === "transform" ? withChecksOf(z.any(), schema) : withoutCoercion(schema);
      default:
        return withParts(schema, (part) => this.of(part));
    }
  }
}
