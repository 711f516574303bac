import { z } from "zod";

import { embeddedOf } from "./embedded";

/**
 * The schema of what another one puts out. A value that is kept already must have the declared type as it stands:
 * transforms do not run again, and nothing is coerced, caught, filled in or frozen.
 */
export function outputSchema<T extends z.core.$ZodType>(schema: T): T {
  return new Rewriting().of(schema) as T;
}

type Part = z.core.$ZodType;

class Rewriting {
  private readonly known = new Map<Part, Part | undefined>();

  of(schema: Part): Part {
    // Until a schema that contains itself is done, its inner mention is looked up when a value comes by.
    if (this.known.has(schema)) return this.known.get(schema) ?? z.lazy(() => this.known.get(schema) as Part);
    this.known.set(schema, undefined);
    const rewritten = this.rewrite(schema as z.core.$ZodTypes);
    this.known.set(schema, rewritten);
    return rewritten;
  }

  private rewrite(schema: z.core.$ZodTypes): Part {
    const { def } = schema._zod;
    const embedded = embeddedOf(schema);
    if (embedded !== undefined) return changed(schema, { embedded: { ...embedded, accept: embedded.inspect } });
    switch (def.type) {
      case "pipe":
        return checked(this.of(def.out), def);
      case "transform":
        return checked(z.any(), def);
      case "default":
      case "prefault":
      case "catch":
      case "readonly":
        return checked(this.of(def.innerType), def);
      case "optional":
      case "nullable":
      case "nonoptional":
        return changed(schema, { innerType: this.of(def.innerType) });
      case "object":
        return this.object(schema as z.core.$ZodObject);
      case "array":
        return changed(schema, { element: this.of(def.element) });
      case "tuple":
        return changed(schema, { items: this.all(def.items), rest: def.rest && this.of(def.rest) });
      case "record":
        return changed(schema, { valueType: this.of(def.valueType) });
      case "union":
        return changed(schema, { options: this.all(def.options) });
      case "intersection":
        return changed(schema, { left: this.of(def.left), right: this.of(def.right) });
      case "lazy":
        return z.lazy(() => this.of(def.getter()));
      default:
        return "coerce" in def && def.coerce ? changed(schema, { coerce: false }) : schema;
    }
  }

  private object(schema: z.core.$ZodObject): Part {
    const { shape, catchall } = schema._zod.def;
    const fields = Object.entries(shape).map(([key, field]) => [key, this.of(field)] as const);
    const isSame = fields.every(([key, field]) => field === shape[key]);
    return changed(schema, {
      shape: isSame ? shape : Object.fromEntries(fields),
      catchall: catchall && this.of(catchall),
    });
  }

  private all(schemas: readonly Part[]): readonly Part[] {
    const rewritten = schemas.map((schema) => this.of(schema));
    return rewritten.every((schema, index) => schema === schemas[index]) ? schemas : rewritten;
  }
}

/** The schema with parts of its definition exchanged; itself where they are the same. */
function changed(schema: Part, parts: object): Part {
  const def = schema._zod.def as unknown as Record<string, unknown>;
  const isSame = Object.entries(parts).every(([key, part]) => def[key] === part);
  return isSame ? schema : z.core.clone(schema, { ...def, ...parts } as unknown as z.core.$ZodTypeDef);
}

/** What a wrapper checks, it checks of its output. */
function checked(schema: Part, { checks }: z.core.$ZodTypeDef): Part {
  if (checks === undefined || checks.length === 0) return schema;
  return changed(schema, { checks: [...(schema._zod.def.checks ?? []), ...checks] });
}
