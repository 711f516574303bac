import { rulesOf } from "../decorators/element-kinds";
import { elementName, type Registration } from "./registry";

/** A class name that a bundler or a minifier seems to have made, and that would be stored. */
interface BundledName {
  /** A sentence that says what it looks like and what to do. */
  readonly message: string;
  /** Whether the name is too likely to be wrong to store it. */
  readonly isRefused: boolean;
}

/**
 * Finds out whether the name of a class, which becomes a part of stored names, seems to come from a bundler: the older decorators see
 * the class with the name of the variable that holds it, and bundlers rename variables. Standard decorators get the name that was
 * written, so their names are never refused.
 *
 * @param names of all registered classes.
 */
export function bundledName(registration: Registration, names: ReadonlySet<string>): BundledName | undefined {
  const { type, kind, options, isStandard } = registration;
  const { noun, options: schemas } = rulesOf(kind);
  const { name } = type;
  if (schemas.name === undefined || options.name !== undefined || name === "") return undefined;
  const origin = originOf(name, Function.prototype.toString.call(type), names);
  if (origin === undefined || (isStandard && !origin.isMinified)) return undefined;
  const advice = `give the ${noun} the option "name", or let the bundler keep the names of classes (esbuild: keepNames)`;
  const message = `the class name ${JSON.stringify(name)} would be stored, and ${origin.suspicion}; ${advice}`;
  return { message, isRefused: origin.isCertain && !isStandard };
}

/** Returns the names of registered elements, against which numbers behind names are compared. */
export function elementNames(registrations: readonly Registration[]): ReadonlySet<string> {
  return new Set(registrations.flatMap((registration) => [registration.type.name, elementName(registration)]));
}

interface Origin {
  readonly suspicion: string;
  readonly isCertain: boolean;
  readonly isMinified?: boolean;
}

/** @param source the text of the class as it runs. */
function originOf(name: string, source: string, names: ReadonlySet<string>): Origin | undefined {
  // Only a class expression without a name of its own takes that of its variable: what esbuild makes of a decorated class.
  const isAnonymous = /^class(\s+extends\b|\s*\{|\s*extends\()/.test(source);
  const isMinified = !/\s\{/.test(source);
  if (isAnonymous || isMinified) {
    if (name.length <= 2 || (isMinified && /^[\p{Ll}_]/u.test(name)))
      return { suspicion: "it looks like the work of a minifier", isCertain: true, isMinified: true };
    if (isMinified && name.length === 3)
      return { suspicion: "it looks like the work of a minifier", isCertain: false, isMinified: true };
  }
  const numbered = isAnonymous ? /^(.*\D)\d+$/u.exec(name)?.[1] : undefined;
  if (numbered !== undefined) {
    const suspicion = `a bundler gives such a name to a second class ${numbered}`;
    return { suspicion, isCertain: names.has(numbered) };
  }
  const plain = /^_+(.+)$/u.exec(name)?.[1];
  return plain === undefined
    ? undefined
    : { suspicion: `esbuild gives such a name to a class ${plain} that refers to itself`, isCertain: false };
}
