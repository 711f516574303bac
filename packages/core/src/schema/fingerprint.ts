import { createHash } from "node:crypto";
import type { z } from "zod";
import { isDecimalDef } from "./decimal";
import { embeddedOf } from "./embedded";
import { isFleeting } from "./fleeting";

/**
 * A hash of what a shape stores: field names, types, allowed values and defaults, at any depth. Limits such as
 * `.max(20)` do not count, since they change no stored value. Two shapes with the same fingerprint can read each
 * other's snapshots; the text that is hashed is our own and so does not change with zod.
 */
export function fingerprint(schema: z.core.$ZodType): string {
  return createHash("sha256").update(new Describing().describe(schema)).digest("hex").slice(0, 16);
}

class Describing {
  /** Schemas being described, outermost first: one that contains itself is written as how far up it begins. */
  private readonly path: z.core.$ZodType[] = [];

  describe(schema: z.core.$ZodType): string {
    const again = this.path.lastIndexOf(schema);
    if (again !== -1) return `^${this.path.length - again}`;
    this.path.push(schema);
    const embedded = embeddedOf(schema);
    const text =
      embedded === undefined
        ? this.text((schema as z.core.$ZodTypes)._zod.def)
        : `${embedded.kind}${this.describe(embedded.schema)}`;
    this.path.pop();
    return text;
  }

  private text(def: z.core.$ZodTypes["_zod"]["def"]): string {
    switch (def.type) {
      case "object": {
        const fields = Object.entries(def.shape).sort(([a], [b]) => (a < b ? -1 : 1));
        const rest = def.catchall === undefined ? "" : `,*:${this.describe(def.catchall)}`;
        return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${this.describe(field)}`).join()}${rest}}`;
      }
      case "array":
        return `[${this.describe(def.element)}]`;
      case "tuple":
        return `(${[...def.items, ...(def.rest ? [def.rest] : [])].map((item) => this.describe(item)).join()})`;
      case "record":
        return `record(${this.describe(def.keyType)},${this.describe(def.valueType)})`;
      case "union":
        return `(${def.options.map((option) => this.describe(option)).join("|")})`;
      case "intersection":
        return `(${this.describe(def.left)}&${this.describe(def.right)})`;
      case "enum":
        return `enum(${alternatives(Object.values(def.entries))})`;
      case "literal":
        return `literal(${alternatives(def.values)})`;
      case "optional":
        return `${this.describe(def.innerType)}?`;
      case "nullable":
        return `${this.describe(def.innerType)}|null`;
      case "default":
      case "prefault":
        return `${this.describe(def.innerType)}=${isFleeting(() => def.defaultValue) ? "fleeting" : written(def.defaultValue)}`;
      case "nonoptional":
      case "catch":
      case "readonly":
        return this.describe(def.innerType);
      case "pipe":
        return this.describe(def.out);
      case "lazy":
        return this.describe(def.getter());
      case "custom":
        return isDecimalDef(def) ? "decimal" : def.type;
      default:
        return def.type;
    }
  }
}

/** In an order of their own: which one is declared first changes no stored value. */
function alternatives(values: readonly unknown[]): string {
  return values.map(written).sort().join();
}

function written(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)) ?? "undefined";
}
