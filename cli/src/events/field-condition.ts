import { InvalidArgumentError } from "commander";

/** What a field of an event's data has to be: `amount=100`, `address.city=Bern`. */
export interface FieldCondition {
  readonly field: string;
  /** As it was typed. */
  readonly value: string;
}

/** Reads the value of an option `--where`, beside those that were given before. */
export function fieldCondition(text: string, others: readonly FieldCondition[] = []): readonly FieldCondition[] {
  const [, field, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (field === undefined || value === undefined) throw new InvalidArgumentError("Expected <field>=<value>.");
  return [...others, { field, value }];
}

/** A text is compared as it is, a number by its value; of an object or an array only its JSON can be named. */
export function holds({ field, value }: FieldCondition, data: unknown): boolean {
  const found = fieldOf(data, field);
  if (typeof found === "string") return found === value;
  if (typeof found === "number") return value.trim() !== "" && found === Number(value);
  return found !== undefined && JSON.stringify(found) === value;
}

/** The field of that very name, else the one that the dots lead to. */
function fieldOf(data: unknown, field: string): unknown {
  if (isRecord(data) && Object.hasOwn(data, field)) return data[field];
  return field
    .split(".")
    .reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), data);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
