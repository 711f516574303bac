const MAX_SHOWN = 60;

/**
 * Names a value that was found where another was expected: `"50"`, `-1`, `undefined`, `an array`, `a plain object`,
 * `an instance of Money`, `the class Money`, `a function`, `a promise`. Shows the content of texts only, and at most 60 characters of it.
 */
export function inWords(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (typeof value === "function") return isClass(value) ? `the class ${value.name || "without a name"}` : "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise";
  return isPlain(value) ? "a plain object" : `an instance of ${classNameOf(value) ?? "a class without a name"}`;
}

/** Names the type of a value in the words of zod: `string`, `null`, `array`, `object`, `Money`. */
export function typeInWords(value: unknown): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  if (Array.isArray(value)) return "array";
  return isPlain(value) ? "object" : (classNameOf(value) ?? "object");
}

/** Names an object with an identity: `Account "a-1"`. */
export function nameAndId(object: { readonly id: string }): string {
  return `${object.constructor.name} ${JSON.stringify(object.id)}`;
}

/** Writes the keys that lead to a value, outermost first: `snapshots.keep`, `snapshots.on[0]`, `snapshots.aggregates."My Account"`. */
export function pathInWords(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** Lists texts in quotes: `"DRAFT", "PLACED"`. */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(", ");
}

/** Returns the message of an error, or another thrown value as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function shortened(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

/** True for plain objects of another realm too (a vm context, as each test file of jest has), with another `Object.prototype`. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function classNameOf(value: object): string | undefined {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name : undefined;
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith("class");
}
