import { InvalidArgumentError } from "commander";

/** The value that a field of an event's data must have: `amount=100`, `address.city=Bern`. */
export interface FieldCondition {
  readonly field: string;
  /** As it was typed. */
  readonly value: string;
}

/** Parses the value of an option `--where` and adds it to the conditions given before. */
export function fieldCondition(text: string, others: readonly FieldCondition[] = []): readonly FieldCondition[] {
  const [, field, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined) throw new InvalidArgumentError("Expected <field>=<value>.");
  return [...others, { field, value }];
}

/** Compares a text as it is, a number by its value, and anything else by its JSON. */
export function holds({ field, value }: FieldCondition, data: unknown): boolean {
  const found = fieldOf(data, field);
  if (typeof found === "string") return found === value;
  if (typeof found === "number") return value.trim() !== "" && found === Number(value);
  return found !== undefined && JSON.stringify(found) === value;
}

/** Returns the field with exactly that name, else the field at the end of the path that the dots make. */
function fieldOf(data: unknown, field: string): unknown {
  if (isRecord(data) && Object.hasOwn(data, field)) return data[field];
  return field
    .split(".")
    .reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), data);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
