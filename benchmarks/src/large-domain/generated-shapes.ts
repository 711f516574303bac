/** How many aggregates a generated application has, and how many events and as many commands each of them. */
export interface DomainSize {
  readonly aggregates: number;
  readonly messages: number;
}

/** The fields of a zod shape as source text, in turn of several types. */
const FIELDS = [
  ["title", "z.string().min(1).max(200)"],
  ["amount", "z.number().int().min(0)"],
  ["kind", 'z.enum(["DRAFT", "OPEN", "CLOSED"])'],
  ["note", "z.string().optional()"],
  ["dueAt", "z.date().optional()"],
  ["labels", "z.array(z.string()).default([])"],
  ["place", "z.object({ street: z.string(), city: z.string() }).optional()"],
  ["isUrgent", "z.boolean().default(false)"],
] as const;

/** Returns the shape of a message: an id, and four fields that differ from message to message. */
export function messageFields(number: number, id: string): string {
  const fields = [0, 1, 2, 3].map((offset) => FIELDS[(number + offset) % FIELDS.length] as (typeof FIELDS)[number]);
  return [`ownerId: ${id}`, ...fields.map(([name, type]) => `${name}: ${type}`)].join(", ");
}

/** Lists the names of the fields of `messageFields`, without the id. */
export function messageFieldNames(number: number): readonly string[] {
  return [0, 1, 2, 3].map((offset) => (FIELDS[(number + offset) % FIELDS.length] as (typeof FIELDS)[number])[0]);
}

/** The shape of every aggregate's state: all fields of its messages, which may be missing, and a count. */
export const STATE_FIELDS = [
  ...FIELDS.map(
    ([name, type]) => `${name}: ${type.includes(".default(") ? type : `${type.replace(".optional()", "")}.optional()`}`,
  ),
  "changes: z.number().default(0)",
].join(", ");
