import { z } from "zod";

import { WHOLE_OBJECT } from "../errors/validation-error";
import type { Class } from "../metadata/class-types";
import type { StorageCodec } from "./codec";

export type Payload = z.core.ParsePayload;
export type ParseStep = (payload: Payload, context: z.core.ParseContextInternal) => Payload;

/** What a field keeps that is no plain value: instances of one class of value objects or entities. */
export interface Embedded {
  readonly kind: "value object" | "entity" | "entities";
  /** The class of the value object or of the entities. */
  readonly type: Class;
  /** Of the fields of `type`. */
  readonly schema: z.core.$ZodType;
  readonly codec: StorageCodec;
  /** Takes input, plain or instances, and makes instances of it. */
  readonly accept: ParseStep;
  /** Checks what is kept already, as it stands. */
  readonly inspect: ParseStep;
}

interface EmbeddedDef extends z.core.$ZodTypeDef {
  readonly type: "custom";
  readonly embedded: Embedded;
}

interface EmbeddedInternals<Output, Input> extends z.core.$ZodTypeInternals<Output, Input> {
  readonly def: EmbeddedDef;
}

interface EmbeddedSchema<Output, Input> extends z.ZodType<Output, Input, EmbeddedInternals<Output, Input>> {}

const EmbeddedSchema = z.core.$constructor<EmbeddedSchema<unknown, unknown>, EmbeddedDef>(
  "TidemarkEmbedded",
  (schema, def) => {
    z.ZodType.init(schema, def as never);
    schema._zod.parse = (payload, context) => def.embedded.accept(payload, context);
  },
);

/** The schema of a field with value objects or entities. It takes `.optional()`, `.refine()` and their like as any other. */
export function embeddedSchema<Output, Input>(embedded: Embedded): z.ZodType<Output, Input> {
  return new EmbeddedSchema({ type: "custom", embedded }) as unknown as z.ZodType<Output, Input>;
}

/** What a schema embeds by itself; undefined for every schema of zod's own. */
export function embeddedOf(schema: z.core.$ZodType): Embedded | undefined {
  return (schema._zod.def as Partial<EmbeddedDef>).embedded;
}

/** Adds the messages of a ValidationError to what a parse complains of. */
export function addComplaints(payload: Payload, messages: Readonly<Record<string, readonly string[]>>): Payload {
  for (const [path, texts] of Object.entries(messages)) {
    const steps = path === WHOLE_OBJECT ? [] : path.split(".");
    for (const message of texts)
      payload.issues.push({ code: "custom", message, path: [...steps], input: payload.value });
  }
  return payload;
}

/** Hands a part to a step of its own, and takes over what that complains of, under `key`. */
export function parsePart(
  payload: Payload,
  part: { readonly value: unknown; readonly key?: string | number },
  parse: (payload: Payload) => unknown,
): Payload {
  // Shapes are parsed synchronously, so that zod has thrown where a step would be asynchronous.
  const parsed = parse({ value: part.value, issues: [] }) as Payload;
  for (const issue of parsed.issues)
    payload.issues.push(part.key === undefined ? issue : { ...issue, path: [part.key, ...(issue.path ?? [])] });
  return parsed;
}
