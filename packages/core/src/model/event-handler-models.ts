import { z } from "zod";

import { durationMs } from "../config/duration";
import type { HandleOptions } from "../decorators/handle";
import type { EventHandlerOptions } from "../decorators/options";
import { anyEvent } from "../elements/any-event";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "./aggregate-model";
import { addToEach, type ConsumableEvent, type ConsumableEvents } from "./consumable-events";
import type { DeclaredElements, SoundElement } from "./declared-elements";
import { marksOf, messageOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import type { EventHandlerModel, HandlingMethod, RetryPolicy } from "./event-handler-model";
import { handlerOrder } from "./handler-order";
import { checkOptions } from "./option-faults";
import { DEFAULT_LANE } from "./projection-models";
import { checkMethodOptions } from "./reaction-options";
import type { FunctionHandler } from "./registry";

/** Prepares every event handler, classes and functions alike. Reports what is wrong with them. */
export function eventHandlerModels(
  elements: DeclaredElements,
  functions: readonly FunctionHandler[],
  aggregates: readonly AggregateModel[],
  events: ConsumableEvents,
  report: Report,
): readonly EventHandlerModel[] {
  const all = { aggregates, events, report };
  return [
    ...elements.sound("eventHandler").map((handler) => ofClass(handler, all)),
    ...functions.map((handler) => ofFunction(handler, all)),
  ];
}

interface Around {
  readonly aggregates: readonly AggregateModel[];
  readonly events: ConsumableEvents;
  readonly report: Report;
}

const HANDLE_OPTIONS = {
  batch: z.boolean("must be true or false").optional(),
} satisfies Readonly<Record<keyof HandleOptions, z.ZodType>>;

function ofClass({ type, name, options }: SoundElement<"eventHandler">, around: Around): EventHandlerModel {
  const { report } = around;
  const methods = new MethodTable(around);
  for (const mark of marksOf(type, "handle")) {
    const place = placeOf(type, mark.method);
    const written = checkMethodOptions<HandleOptions>(mark.options, HANDLE_OPTIONS);
    for (const fault of written.faults) report(`@handle on ${place} ${fault}`, type.name);
    const isBatch = written.options.batch ?? options.batch ?? false;
    const event = messageOf(type, mark, "event", report, { isBatch });
    if (event !== undefined) methods.add(event, { place, method: mark.method, isBatch }, type.name);
  }
  const sequentialBy = handlerOrder(options.sequentialBy, methods.events, (fault) =>
    report(`${type.name} ${fault}`, type.name),
  );
  return { name, ...settingsOf(options), sequentialBy, ...methods.made(), handler: { type } };
}

function ofFunction({ event, options: given, call }: FunctionHandler, around: Around): EventHandlerModel {
  const { options, faults } = checkOptions({ kind: "eventHandler", options: given });
  const { name, batch = false, ...settings } = options as EventHandlerOptions;
  const place = name ?? "a function";
  const written = `domain.on(${isAny(event) ? "anyEvent" : event.name})`;
  for (const fault of faults) around.report(`${written} ${fault}`, name);
  if (given.name === undefined) around.report(`${written} needs the option "name", by which its progress is kept`);
  const methods = new MethodTable(around);
  methods.add(event, { place, method: undefined, isBatch: batch }, name);
  const sequentialBy = handlerOrder(settings.sequentialBy, methods.events, (fault) =>
    around.report(`${written} ${fault}`, name),
  );
  return { name: place, ...settingsOf(settings), sequentialBy, ...methods.made(), handler: { call } };
}

/** Collects what is called for events, by the types that they were ever stored as. */
class MethodTable {
  readonly #byType = new Map<string, HandlingMethod[]>();
  readonly #ofAll: HandlingMethod[] = [];
  readonly #sources = new Set<AggregateModel>();
  /** The events that methods take, and `anyEvent` where one takes all. */
  readonly events = new Set<ConsumableEvent | typeof anyEvent>();

  constructor(private readonly around: Around) {}

  add(event: Class, method: Omit<HandlingMethod, "event">, element: string | undefined): void {
    const { aggregates, events, report } = this.around;
    if (isAny(event)) {
      this.#ofAll.push({ ...method, event: undefined });
      this.events.add(anyEvent);
      for (const aggregate of aggregates) this.#sources.add(aggregate);
      return;
    }
    const found = events.find(event, method.place, element, report);
    if (found === undefined) return;
    addToEach(this.#byType, found, { ...method, event });
    this.#sources.add(found.owner);
    this.events.add(found);
  }

  made(): Pick<EventHandlerModel, "methods" | "ofAll" | "sources"> {
    return { methods: this.#byType, ofAll: this.#ofAll, sources: [...this.#sources] };
  }
}

function isAny(event: Class): boolean {
  return event.prototype === anyEvent.prototype;
}

function settingsOf({
  lane = DEFAULT_LANE,
  startFrom,
  replaces,
  retry = {},
  onFailure,
  timeout,
}: EventHandlerOptions): Pick<
  EventHandlerModel,
  "lane" | "startFrom" | "replaces" | "retry" | "onFailure" | "timeoutMs"
> {
  return {
    lane,
    startFrom,
    ...(replaces !== undefined && { replaces }),
    retry: retryOf(retry),
    onFailure,
    timeoutMs: timeout === undefined ? undefined : durationMs.parse(timeout),
  };
}

function retryOf({ attempts, first, max }: NonNullable<EventHandlerOptions["retry"]>): Partial<RetryPolicy> {
  return {
    ...(attempts !== undefined && { attempts }),
    ...(first !== undefined && { firstMs: durationMs.parse(first) }),
    ...(max !== undefined && { maxMs: durationMs.parse(max) }),
  };
}
