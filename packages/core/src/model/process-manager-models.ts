import { z } from "zod";
import type { Correlation, ProcessHandleOptions } from "../decorators/handle";
import { subscriptionName } from "../decorators/option-schemas";
import { anyEvent } from "../elements/any-event";
import type { Class } from "../metadata/class-types";
import { type MethodMark, methodMarks } from "../metadata/method-mark";
import { twinHint } from "../wording/twin-class";
import type { AggregateModel } from "./aggregate-model";
import type { CommandModel } from "./command-model";
import type { ConsumableEvents } from "./consumable-events";
import { correlation } from "./correlation";
import type { DeclaredElements, SoundElement } from "./declared-elements";
import { bodyOf, marksOf, messageOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import { checkDefaults } from "./field-rules";
import { keyField } from "./key-field";
import { categoryOf, type NamePrefixes, twinsOf } from "./names";
import { writtenPrivateField } from "./private-writes";
import type {
  MethodOfProcess,
  ProcessManagerModel,
  ProcessMethod,
  ProcessTypes,
  RejectionMethod,
} from "./process-manager-model";
import { DEFAULT_LANE } from "./projection-models";
import { checkMethodOptions } from "./reaction-options";
import { processUpcasterChains, processVersionOf } from "./upcaster-chains";

/** What process managers are made from besides their own classes. */
interface Around {
  readonly aggregates: ReadonlyMap<Class, AggregateModel>;
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly events: ConsumableEvents;
  readonly prefixes: NamePrefixes;
}

type Declared = SoundElement<"processManager">;

const INSTANCES = { key: "id", found: "its instances are found by", everywhere: "is in every state" };

/** Prepares every process manager with its methods. Reports what is wrong with them and between them. */
export function processManagerModels(
  elements: DeclaredElements,
  around: Around,
  report: Report,
): ReadonlyMap<Class, ProcessManagerModel> {
  const { prefixes } = around;
  const upcasters = processUpcasterChains(elements, report);
  const models = elements.sound("processManager").map((declared): ProcessManagerModel => {
    const { type, name, options } = declared;
    checkFields(declared, report);
    checkInstances(declared, report);
    const field = keyField(type, INSTANCES, report);
    return {
      type,
      name,
      lane: options.lane ?? DEFAULT_LANE,
      version: processVersionOf(declared),
      shape: type.shape,
      keyField: field,
      category: categoryOf(name, prefixes),
      types: typesOf(name, prefixes),
      upcasters: upcasters.get(type) ?? new Map(),
      startFrom: options.startFrom,
      onFailure: options.onFailure,
      missing: options.missing ?? "ignore",
      started: options.started ?? "handle",
      ended: options.ended ?? "ignore",
      history: options.history ?? false,
      ...eventMethods(declared, field, around.events, report),
      rejections: rejectionMethods(declared, elements, around.commands, report),
      timers: timerMethods(declared, report),
    };
  });
  checkStoredNames(models, [...around.aggregates.values()], report);
  return new Map(models.map((model) => [model.type, model]));
}

function typesOf(name: string, { types }: NamePrefixes): ProcessTypes {
  return {
    timerFired: `${types}${name}TimerFired.v1`,
    commandRejected: `${types}${name}CommandRejected.v1`,
    moved: `${types}${name}Moved.v1`,
  };
}

/** The fields of a state hold values, and their defaults are the same each time, because a step may be repeated. */
function checkFields({ type }: Declared, report: Report): void {
  const { name, shape } = type;
  for (const field of shape.entityKeys)
    report(
      `${name} holds entities in "${field}": the state of a process manager holds plain values and value objects`,
      name,
    );
  checkDefaults(type, shape, shape.keys, report);
}

/** Instances are made of their states: no constructor runs, and a private field would be missing. */
function checkInstances({ type }: Declared, report: Report): void {
  const { name, length } = type;
  if (length > 0) {
    const reason = "a process manager is made of its state, and issues commands for all else";
    report(`${name} takes arguments, which nothing gives it: ${reason}`, name);
  }
  const methods = new Set(methodMarks(type).map(({ method }) => method));
  for (const method of methods) {
    const field = writtenPrivateField(bodyOf(type, method), name);
    if (field === undefined) continue;
    const fault = `writes the private field ${field}, which no state can hold; declare it in ProcessManager({…})`;
    report(`${placeOf(type, method)} ${fault}`, name);
  }
}

const HANDLE_OPTIONS = {
  start: z.boolean("must be true or false").optional(),
  end: z.boolean("must be true or false").optional(),
  correlate: z
    .custom(isCorrelation, 'must be the name of a field, { keyField: "field" }, or a function of the event')
    .optional(),
} satisfies Readonly<Record<keyof ProcessHandleOptions, z.ZodType>>;

function isCorrelation(value: unknown): boolean {
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return typeof value === "function";
  return Object.values(value).every((field) => typeof field === "string" && field !== "");
}

function eventMethods(
  { type }: Declared,
  key: string,
  events: ConsumableEvents,
  report: Report,
): Pick<ProcessManagerModel, "methods" | "sources"> {
  const methods = new Map<string, ProcessMethod>();
  const sources = new Set<AggregateModel>();
  const taken = new Taken(type, "takes", report);
  const marks = marksOf(type, "handle");
  const starts = marks.map((mark) => {
    const place = placeOf(type, mark.method);
    const { options, faults } = checkMethodOptions<ProcessHandleOptions>(mark.options, HANDLE_OPTIONS);
    for (const fault of faults) report(`@handle on ${place} ${fault}`, type.name);
    const { start = false, end = false, correlate } = options;
    if (mark.message?.prototype === anyEvent.prototype) {
      report(
        `${place} takes any event: a process manager takes events by their classes, @handle(AccountOpened)`,
        type.name,
      );
      return start;
    }
    const event = events.takenBy(type, mark, report);
    if (event === undefined || !taken.add(event.type, event.type.name, mark)) return start;
    const fault = (end: string) => report(`${place} ${end}`, type.name);
    const idsOf = correlation(
      correlate as Correlation | undefined,
      { place, process: type.name, keyField: key },
      event,
      fault,
    );
    const method = { place, method: mark.method, event: event.type, starts: start, ends: end, idsOf };
    for (const stored of event.storedTypes) methods.set(stored, method);
    sources.add(event.owner);
    return start;
  });
  if (marks.length > 0 && !starts.includes(true))
    report(
      `no event starts ${type.name}: give one @handle { start: true }`,
      type.name,
      "PROCESS_MANAGER_WITHOUT_START",
    );
  return { methods, sources: [...sources] };
}

function rejectionMethods(
  { type }: Declared,
  elements: DeclaredElements,
  commands: ReadonlyMap<Class, CommandModel>,
  report: Report,
): ProcessManagerModel["rejections"] {
  const registered = elements.of("command").map((command) => command.type);
  const taken = new Taken(type, "takes the refusals of", report);
  const methods = new Map<string, RejectionMethod>();
  for (const mark of marksOf(type, "rejected")) {
    const place = placeOf(type, mark.method);
    const written = messageOf(type, mark, "command", report);
    if (written === undefined) continue;
    const command = commands.get(written);
    if (!registered.includes(written)) {
      const hint = twinHint(
        written.name,
        registered.map(({ name }) => name),
      );
      report(`${place} takes the refusals of ${written.name}, which is not a registered command${hint}`, type.name);
    } else if (command !== undefined && taken.add(written, written.name, mark)) {
      methods.set(command.name, { place, method: mark.method, command });
    }
  }
  return methods;
}

function timerMethods({ type }: Declared, report: Report): ProcessManagerModel["timers"] {
  const taken = new Taken(type, "has the timer", report);
  const methods = new Map<string, MethodOfProcess>();
  for (const mark of marksOf(type, "timer")) {
    const { timer = "", method } = mark;
    const place = placeOf(type, method);
    const [issue] = subscriptionName.safeParse(timer).error?.issues ?? [];
    if (issue !== undefined)
      report(
        `@timer on ${place} has a bad name ${JSON.stringify(timer)}: must be letters, digits, _ and -, such as "expiry"`,
        type.name,
      );
    else if (taken.add(timer, JSON.stringify(timer), mark)) methods.set(timer, { place, method });
  }
  return methods;
}

/** What the methods of one class take already. Each event, command and timer has one method. */
class Taken {
  readonly #methods = new Map<unknown, string | symbol>();

  /** @param verb what a sentence says between the class and what is taken twice: `takes`. */
  constructor(
    private readonly type: Class,
    private readonly verb: string,
    private readonly report: Report,
  ) {}

  /** Adds what a method takes. Reports it where another method takes it. @returns whether none did. */
  add(what: unknown, written: string, { method }: MethodMark): boolean {
    const other = this.#methods.get(what);
    if (other === undefined) this.#methods.set(what, method);
    // A subclass may decorate the method that it overrides once more.
    else if (other !== method)
      this.report(
        `${this.type.name} ${this.verb} ${written} twice, in ${String(other)} and in ${String(method)}`,
        this.type.name,
      );
    return other === undefined || other === method;
  }
}

/** Reports names under which something else is stored: streams of aggregates and of other process managers, and types of events. */
function checkStoredNames(
  models: readonly ProcessManagerModel[],
  aggregates: readonly AggregateModel[],
  report: Report,
): void {
  for (const [category, twins] of twinsOf(models, (model) => model.category)) {
    // Two of one name are reported with the names of subscriptions.
    const names = [...new Set(twins.map(({ name }) => name))];
    if (names.length > 1) report(`${names.join(" and ")} share the streams ${category}-…; give one another name`);
  }
  const events = aggregates.flatMap(({ eventTypes }) => [...eventTypes.values()]);
  for (const { name, type, category, types } of models) {
    const aggregate = aggregates.find((each) => each.category === category);
    if (aggregate !== undefined)
      report(
        `${name} would share the streams ${category}-… with the aggregate ${aggregate.name}; give one another name`,
        type.name,
      );
    for (const stored of Object.values(types)) {
      const event = events.find(({ decoders }) => decoders.has(stored));
      if (event !== undefined)
        report(
          `${name} stores ${stored}, which is what the event ${event.shortName} is stored as; give one another name`,
          type.name,
        );
    }
  }
}
