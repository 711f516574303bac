import { createHash } from "node:crypto";

import { isFleeting } from "./field-default";
import { nodeOf, type Schema, type SchemaNode } from "./zod-tree";

/**
 * Returns a hash of what a shape stores: field names, types, allowed values and defaults, at any depth. Limits such as
 * `.max(20)` do not count, since they change no stored value. Two shapes with the same fingerprint can read each
 * other's snapshots. The hashed text is our own, so that it does not change with zod.
 */
export function fingerprint(schema: Schema): string {
  return createHash("sha256").update(new Describing().describe(schema)).digest("hex").slice(0, 16);
}

class Describing {
  /** The schemas that are being described, outermost first: one that contains itself is written as how far up it starts. */
  private readonly path: Schema[] = [];

  describe(schema: Schema): string {
    const again = this.path.lastIndexOf(schema);
    if (again !== -1) return `^${this.path.length - again}`;
    this.path.push(schema);
    const text = this.text(nodeOf(schema));
    this.path.pop();
    return text;
  }

  private text(node: SchemaNode): string {
    switch (node.kind) {
      case "object": {
        const fields = Object.entries(node.fields).sort(([a], [b]) => (a < b ? -1 : 1));
        const rest = node.rest === undefined ? "" : `,*:${this.describe(node.rest)}`;
        return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${this.describe(field)}`).join()}${rest}}`;
      }
      case "array":
        return `[${this.describe(node.item)}]`;
      case "tuple":
        return `(${[...node.items, ...(node.rest ? [node.rest] : [])].map((item) => this.describe(item)).join()})`;
      case "record":
        return `record(${this.describe(node.key)},${this.describe(node.value)})`;
      case "union":
        return `(${node.options.map((option) => this.describe(option)).join("|")})`;
      case "intersection":
        return `(${node.options.map((option) => this.describe(option)).join("&")})`;
      case "enum":
      case "literal":
        return `${node.kind}(${alternatives(node.values)})`;
      case "optional":
        return `${this.describe(node.inner)}?`;
      case "nullable":
        return `${this.describe(node.inner)}|null`;
      case "default":
      case "prefault":
        return `${this.describe(node.inner)}=${isFleeting(node.read) ? "fleeting" : written(node.read())}`;
      case "nonoptional":
      case "catch":
      case "readonly":
        return this.describe(node.inner);
      case "pipe":
        return this.describe(node.output);
      case "lazy":
        return this.describe(node.resolve());
      case "own":
        return `${node.type.kind}${node.type.schema === undefined ? "" : this.describe(node.type.schema)}`;
      case "leaf":
        return node.type;
    }
  }
}

/** Sorted: which alternative is declared first changes no stored value. */
function alternatives(values: readonly unknown[]): string {
  return values.map(written).sort().join();
}

function written(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)) ?? "undefined";
}
