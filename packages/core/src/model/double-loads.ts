import { otherCopyOf, type PackageCopy, twoCopies } from "../metadata/package-copy";
import { quoted } from "../wording/in-words";
import { LOADED_TWICE } from "../wording/twin-class";
import { shapeOf } from "./field-rules";
import { twinsOf } from "./names";
import { elementName, type Registration, type Registry } from "./registry";

/**
 * Returns a fault for code that was loaded twice: this package, or modules of the application. Such code has two classes for one
 * name, and so causes many faults elsewhere, none of which says so.
 */
export function doubleLoads(registry: Registry): readonly string[] {
  const copies = packageCopies(registry.all);
  return copies.length > 0 ? copies : moduleCopies(registry.all);
}

function packageCopies(registrations: readonly Registration[]): string[] {
  const foreign = new Map<PackageCopy, string[]>();
  for (const { type } of registrations) {
    const copy = otherCopyOf(type);
    if (copy !== undefined) foreign.set(copy, [...(foreign.get(copy) ?? []), type.name]);
  }
  return [...foreign].map(([copy, names]) => `${quoted(names)} extend classes of ${twoCopies(copy)}`);
}

function moduleCopies(registrations: readonly Registration[]): string[] {
  const named = registrations.flatMap((registration) => {
    const name = nameOf(registration);
    return name === undefined ? [] : [{ registration, name }];
  });
  const shared = twinsOf(named, ({ name }) => name);
  const firsts = new Map<string, Registration>();
  const twins: [first: Registration, second: Registration][] = [];
  for (const { registration, name } of named) {
    // A fingerprint takes its time, so it is taken of classes with the same names only.
    if (!shared.has(name)) continue;
    const identity = `${name} ${shapeOf(registration.type)?.fingerprint}`;
    const first = firsts.get(identity);
    if (first === undefined) firsts.set(identity, registration);
    else twins.push([first, registration]);
  }
  if (twins.length === 0) return [];
  const names = quoted(twins.map(([, { type }]) => type.name));
  const files = [...new Set(twins.flat().flatMap((one) => fileOf(one) ?? []))];
  const where = files.length === 0 ? "" : `, in ${files.map((file) => JSON.stringify(file)).join(" and ")}`;
  return [`${names}: two classes of the same kind, name and shape are registered${where}; ${LOADED_TWICE}`];
}

/** What two loads of one class have in common besides their shape. Classes without a stored name may share theirs. */
function nameOf(registration: Registration): string | undefined {
  const { kind, type, options } = registration;
  if (kind !== "aggregate" && kind !== "event" && kind !== "command") return undefined;
  if (shapeOf(type) === undefined) return undefined;
  const { partOf } = options as { readonly partOf?: unknown };
  // Loaded twice, the class that it is part of has two objects and one name.
  const owner = typeof partOf === "function" ? partOf.name : partOf;
  return JSON.stringify([kind, type.name, elementName(registration), owner]);
}

/** A line of a stack: the file between the bracket, or the beginning, and line and column. */
const FRAME = /^\s*at (?:.*\()?(?:file:\/\/)?(.+?):\d+:\d+\)?$/;

/** Files between a decorator and the class that it stands above. */
const BETWEEN = /^node:|[\\/](?:tslib|reflect-metadata|@swc[\\/]helpers)[\\/]/;

/** Returns the file in which a class was declared, from the stack of its decorator. */
function fileOf({ site }: Registration): string | undefined {
  // The first line is the message, the second one the decorator itself.
  const files = (site?.stack ?? "")
    .split("\n")
    .slice(2)
    .map((line) => FRAME.exec(line)?.[1]);
  return files.find((file) => file !== undefined && !BETWEEN.test(file));
}
