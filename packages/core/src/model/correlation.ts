import type { Correlation } from "../decorators/handle";
import type { EventContext } from "../elements/event-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { fieldKind } from "../schema/field-kind";
import { identifierFault } from "../schema/identifier";
import { nodeOf, type Schema } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import { inWords, quoted } from "../wording/in-words";
import type { ConsumableEvent } from "./consumable-events";
import type { ProcessMethod } from "./process-manager-model";

/** The method of a process manager that an event is correlated for. */
interface CorrelatedMethod {
  /** As sentences name it: `FundsTransfer.asked`. */
  readonly place: string;
  /** The name of the class. */
  readonly process: string;
  /** The field of the class that is the id of an instance. */
  readonly keyField: string;
}

/**
 * Returns the function that finds the ids of the instances that an event is for. Reports a field that the event lacks, or that holds
 * neither an id nor a list of ids.
 *
 * @param written the option of the decorator. Absent: the event's field with the name of the key field.
 * @param report takes the end of a sentence that begins with the method.
 */
export function correlation(
  written: Correlation | undefined,
  method: CorrelatedMethod,
  event: ConsumableEvent,
  report: (fault: string) => void,
): ProcessMethod["idsOf"] {
  const { name } = event.type;
  if (typeof written === "function") return idsBy(written as Find, `its function for ${name}`, method.place);
  const field = typeof written === "object" ? mappedField(written, method, name, report) : (written ?? method.keyField);
  if (field === undefined) return () => [];
  const { keys, fields } = event.shape;
  if (!keys.includes(field)) {
    const advice = written === undefined ? `; give @handle(${name}) the option "correlate"` : didYouMean(field, keys);
    report(`correlates ${name} by the field "${field}", which ${name} lacks${advice}`);
  } else if (!holdsIds(fields[field] as Schema)) {
    report(
      `correlates ${name} by the field "${field}", which holds neither a text nor a list of texts; give a function`,
    );
  }
  const find: Find = (instance) => (instance as Readonly<Record<string, unknown>>)[field];
  return idsBy(find, `the field "${field}" of ${name}`, method.place);
}

/** Gives an id, a list of ids, or nothing. */
type Find = (event: object, context: EventContext) => unknown;

function idsBy(find: Find, source: string, place: string): ProcessMethod["idsOf"] {
  return (event, context) => {
    const found = find(event, context);
    if (found === undefined || found === null) return [];
    const ids: readonly unknown[] = Array.isArray(found) ? found : [found];
    for (const id of ids) {
      const fault = identifierFault(id);
      if (fault !== undefined) throw noId(place, source, id, fault);
    }
    return (ids.length < 2 ? ids : [...new Set(ids)]) as readonly string[];
  };
}

function noId(place: string, source: string, found: unknown, fault: string): IncorrectUsageError {
  return new IncorrectUsageError(
    `${place} cannot find its instance: ${source} gives ${inWords(found)}, and ${fault}; correlate by what gives one id, a list of ids, or undefined where the event is for no instance`,
    { place, found },
  );
}

/** Returns the field of the event in `{ transferId: "reference" }`. */
function mappedField(
  map: Readonly<Record<string, string>>,
  { place: _, process, keyField }: CorrelatedMethod,
  event: string,
  report: (fault: string) => void,
): string | undefined {
  const [name, ...more] = Object.keys(map);
  if (name === keyField && more.length === 0) return map[keyField];
  const found = name === undefined ? "nothing" : quoted([name, ...more]);
  report(
    `correlates ${event} by ${found}, but an instance of ${process} is found by "${keyField}": write { correlate: { ${keyField}: "field" } } with a field of ${event}`,
  );
  return undefined;
}

/** Whether a field holds a text or a list of texts, or nothing at all. */
function holdsIds(field: Schema): boolean {
  return fieldKind(field).type === "text" || isTextList(field);
}

function isTextList(field: Schema): boolean {
  const node = nodeOf(field);
  if (node.kind === "array") return fieldKind(node.item).type === "text";
  return "inner" in node && isTextList(node.inner);
}
