import { type ElementKind, KINDS, rulesOf } from "../decorators/element-kinds";
import type { Class } from "../metadata/class-types";
import { emittedParameter, type MethodKind, type MethodMark, methodMarks } from "../metadata/method-mark";
import { alternatives, withArticle } from "../wording/alternatives";
import type { Report } from "./domain-problem";

/** Reports the method decorators of a class that are faulty, do not belong on its kind, or are missing. */
export function checkMethods(type: Class, kind: ElementKind, report: Report): void {
  const { methods = [], needs, atOnce } = rulesOf(kind);
  const marks = methodMarks(type);
  for (const mark of marks) {
    const place = `@${mark.kind} on ${placeOf(type, mark.method)}`;
    if (mark.fault !== undefined) report(`${place} ${mark.fault}`, type.name);
    else if (!methods.includes(mark.kind)) report(`${place}: ${misplaced(mark.kind, kind)}`, type.name);
    else if (!SYNCHRONOUS.includes(mark.kind) && atOnce === undefined) continue;
    else if (isAsync(bodyOf(type, mark.method)))
      report(`${place} is async: ${atOnce ?? "folding and checking state cannot wait"}`, type.name);
    else if (isGenerator(bodyOf(type, mark.method)))
      report(`${place} is a generator: calling it runs nothing of it`, type.name);
  }
  if (needs !== undefined && !marks.some((mark) => mark.kind === needs))
    report(`${type.name} has no @${needs} method`, type.name);
}

/** Returns the marks of one kind. Those that cannot work are included when they name their message. */
export function marksOf(type: Class, kind: MethodKind): readonly MethodMark[] {
  return methodMarks(type).filter(
    (mark) => mark.kind === kind && (mark.fault === undefined || mark.message !== undefined),
  );
}

/**
 * Returns the class that a method takes: the one written in its decorator, otherwise the emitted type of its parameter. Reports a
 * method without either, and one whose decorator and parameter disagree.
 *
 * @param noun what the class is: `event`.
 * @param options.isBatch whether the parameter is an array of them.
 */
export function messageOf(
  type: Class,
  { kind, method, message }: Pick<MethodMark, "kind" | "method"> & { readonly message?: Class | undefined },
  noun: "event" | "command" | "query",
  report: Report,
  { isBatch = false }: { readonly isBatch?: boolean } = {},
): Class | undefined {
  const place = placeOf(type, method);
  const emitted = emittedParameter(type, method);
  const parameter = isBatch && emitted === Array ? undefined : emitted;
  if (message === undefined && parameter === undefined) {
    const written = `@${kind}(The${noun[0]?.toUpperCase()}${noun.slice(1)})`;
    report(
      `@${kind} on ${place} does not know its ${noun}: write ${written}, since the compiler emitted no class for the parameter`,
      type.name,
    );
  } else if (message !== undefined && parameter !== undefined && !isOrExtends(message, parameter)) {
    report(
      `@${kind}(${message.name}) on ${place} disagrees with its parameter, which is of class ${parameter.name}`,
      type.name,
    );
  }
  return message ?? parameter;
}

/** Returns a method as sentences name it: `Account.onOpened`. */
export function placeOf(type: Class, method: string | symbol): string {
  return `${type.name}.${String(method)}`;
}

/** Returns what a class has under the name of a method. */
export function bodyOf(type: Class, method: string | symbol): unknown {
  return (type.prototype as Readonly<Record<string | symbol, unknown>>)[method];
}

/** Whether a value is a function that was declared `async`. A promise from another function is refused when it is returned. */
export function isAsync(body: unknown): boolean {
  return typeof body === "function" && /^Async(Generator)?Function$/.test(body.constructor.name);
}

/** Whether a value is a generator function: calling it runs nothing of it. */
function isGenerator(body: unknown): boolean {
  return typeof body === "function" && body.constructor.name === "GeneratorFunction";
}

/** What runs while an event is raised or replayed. */
const SYNCHRONOUS: readonly MethodKind[] = ["apply", "invariant.pre", "invariant.post", "on"];

function misplaced(method: MethodKind, kind: ElementKind): string {
  const places = KINDS.map(rulesOf).filter(({ methods = [] }) => methods.includes(method));
  const reason = rulesOf(kind).exclusions?.[method];
  const belongs = `it belongs on a method of ${alternatives(places.map(({ noun }) => withArticle(noun)))}`;
  return reason === undefined ? belongs : `${belongs}; ${reason}`;
}

function isOrExtends(type: Class, parent: Class): boolean {
  return type === parent || type.prototype instanceof parent;
}
