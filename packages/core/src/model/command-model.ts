import { CommandResult } from "../elements/command-result";
import { commandCategory } from "../event-store/stream-names";
import type { Class, Resolvable } from "../metadata/class-types";
import type { Shape } from "../schema/shape";
import { twinHint } from "../wording/twin-class";
import type { DeclaredElements, SoundElement } from "./declared-elements";
import { marksOf, messageOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import { categoryOf, type NamePrefixes, twinsOf } from "./names";

/** A registered command and the method that carries it out. */
export interface CommandModel {
  readonly type: Class;
  /** `Fidelis.MakeDeposit.v1` */
  readonly name: string;
  readonly shape: Shape;
  readonly result: CommandResult;
  /** Whether it runs later where the caller of `process` does not say; undefined where the configuration decides. */
  readonly asynchronous?: boolean | undefined;
  /** The category of the streams that record commands with an idempotency key. */
  readonly recordCategory: string;
  /** The field that holds its idempotency key, if it declares one. */
  readonly keyField?: string;
  /** Absent when no handler is registered. */
  readonly handler?: Handler;
}

interface Handler {
  readonly type: Resolvable;
  readonly method: string | symbol;
}

/** Prepares every command with its handler. Reports what is wrong with them and between them. */
export function commandModels(
  elements: DeclaredElements,
  prefixes: NamePrefixes,
  report: Report,
): ReadonlyMap<Class, CommandModel> {
  const handlers = handlersByCommand(elements, report);
  const models = elements.sound("command").map((command): CommandModel => {
    const handler = handlers.get(command.type);
    return { ...commandModel(command, elements, prefixes, report), ...(handler !== undefined && { handler }) };
  });
  for (const [name, twins] of twinsOf(models, (model) => model.name))
    report(`${twins.length} commands go by ${name}; give one another name`);
  return new Map(models.map((model) => [model.type, model]));
}

function commandModel(
  { type, name: shortName, options }: SoundElement<"command">,
  elements: DeclaredElements,
  prefixes: NamePrefixes,
  report: Report,
): Omit<CommandModel, "handler"> {
  const { shape, returns, asynchronous } = type;
  const { partOf, idempotencyKey: keyField } = options;
  const name = `${prefixes.types}${shortName}.v1`;
  const owner = elements.referred("aggregate", partOf);
  if (keyField !== undefined && !shape.keys.includes(keyField))
    report(`${type.name} has no field "${keyField}" to take its idempotency key from`, type.name);
  return {
    type,
    name,
    shape,
    result: new CommandResult(name, returns),
    asynchronous,
    recordCategory: commandCategory(owner === undefined ? prefixes.streams : categoryOf(owner.name, prefixes)),
    ...(keyField !== undefined && { keyField }),
  };
}

function handlersByCommand(elements: DeclaredElements, report: Report): ReadonlyMap<Class, Handler> {
  const commands = new Set<Class>(elements.of("command").map(({ type }) => type));
  const handlers = new Map<Class, Handler>();
  for (const { type } of elements.sound("commandHandler")) {
    for (const mark of marksOf(type, "handle")) {
      const { method } = mark;
      const command = messageOf(type, mark, "command", report);
      const other = command && handlers.get(command);
      // A subclass may decorate the method that it overrides once more.
      if (command === undefined || (other?.type === type && other.method === method)) continue;
      const place = placeOf(type, method);
      if (!commands.has(command))
        report(
          `${place} handles ${command.name}, which is not a registered command${twinHint(
            command.name,
            [...commands].map((one) => one.name),
          )}`,
          type.name,
        );
      else if (other !== undefined)
        report(
          `${command.name} is handled twice, by ${placeOf(other.type, other.method)} and by ${place}`,
          command.name,
        );
      else handlers.set(command, { type, method });
    }
  }
  return handlers;
}
