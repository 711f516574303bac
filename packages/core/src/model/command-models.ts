import type { CommandRoot } from "../elements/command";
import { CommandResult } from "../elements/command-result";
import { commandCategory } from "../event-store/stream-names";
import type { Class } from "../metadata/class-types";
import { emittedParameter, type MethodMark, methodMarks } from "../metadata/method-mark";
import type { CommandModel } from "./command-model";
import { type NamePrefixes, snakeCase } from "./names";
import { elementName, ownerOf } from "./part-of";
import type { Refuse } from "./refuse";
import type { Registration, Registry } from "./registry";
import { twinsOf } from "./twins";

type Handler = NonNullable<CommandModel["handler"]>;

/** Finds the method that handles each registered command, and tells what is wrong between them. */
export function commandModels(
  registry: Registry,
  prefixes: NamePrefixes,
  refuse: Refuse,
): ReadonlyMap<Class, CommandModel> {
  const commands = registry.of("command").map((command) => commandModel(command, registry, prefixes, refuse));
  const handlers = handlersByCommand(registry, new Set(commands.map(({ type }) => type)), refuse);
  const models = new Map<Class, CommandModel>();
  for (const command of commands) {
    const handler = handlers.get(command.type);
    models.set(command.type, handler === undefined ? command : { ...command, handler });
  }
  for (const [name, twins] of twinsOf([...models.values()], (model) => model.name))
    refuse(`${twins.length} commands go by ${name}; give one another name`);
  return models;
}

function commandModel(command: Registration, registry: Registry, prefixes: NamePrefixes, refuse: Refuse): CommandModel {
  const { shape, returns } = command.type as typeof CommandRoot;
  const name = `${prefixes.types}${elementName(command)}.v1`;
  const owner = ownerOf(command, registry, refuse);
  const aggregate = registry.of("aggregate").find(({ type }) => type === owner);
  const category = prefixes.streams + (aggregate === undefined ? "" : snakeCase(elementName(aggregate)));
  const { idempotencyKey: keyField } = command.options as { readonly idempotencyKey?: string };
  if (typeof keyField === "string" && shape !== undefined && !shape.keys.includes(keyField))
    refuse(`${command.type.name} has no field "${keyField}" to take its idempotency key from`, {
      element: command.type.name,
    });
  return {
    type: command.type,
    name,
    shape,
    result: new CommandResult(name, returns),
    recordCategory: commandCategory(category),
    ...(keyField !== undefined && { keyField }),
  };
}

function handlersByCommand(
  registry: Registry,
  commands: ReadonlySet<Class>,
  refuse: Refuse,
): ReadonlyMap<Class, Handler> {
  const handlers = new Map<Class, Handler>();
  for (const registration of registry.of("commandHandler")) {
    ownerOf(registration, registry, refuse);
    const marks = handleMarks(registration, refuse);
    const element = registration.type.name;
    if (marks.length === 0) refuse(`${element} has no @handle method`, { element });
    for (const mark of marks) {
      const command = commandOf(registration.type, mark, refuse);
      const other = command === undefined ? undefined : handlers.get(command);
      if (command === undefined || (other?.type === registration.type && other.method === mark.method)) continue;
      if (!commands.has(command))
        refuse(`${element}.${String(mark.method)} handles ${command.name}, which is not a registered command`, {
          element,
        });
      else if (other !== undefined)
        refuse(`${command.name} is handled twice, by ${inWords(other)} and by ${element}.${String(mark.method)}`, {
          element: command.name,
        });
      else handlers.set(command, { type: registration.type as Handler["type"], method: mark.method });
    }
  }
  return handlers;
}

function handleMarks({ type }: Registration, refuse: Refuse): readonly MethodMark[] {
  const marks = methodMarks(type);
  const element = type.name;
  for (const { kind, method, fault } of marks) {
    const place = `@${kind} on ${element}.${String(method)}`;
    if (fault !== undefined) refuse(`${place} ${fault}`, { element });
    else if (kind === "useCase") refuse(`${place}: use cases belong on an @applicationService class`, { element });
    else if (kind !== "handle") refuse(`${place}: it belongs on a method of an aggregate`, { element });
  }
  return marks.filter(
    ({ kind, fault, message }) => kind === "handle" && (fault === undefined || message !== undefined),
  );
}

/** By the decorator and by the parameter's emitted type, which must agree. */
function commandOf(type: Class, { method, message }: MethodMark, refuse: Refuse): Class | undefined {
  const place = `${type.name}.${String(method)}`;
  const emitted = emittedParameter(type, method);
  const parameter = typeof emitted === "function" && emitted !== Object ? (emitted as Class) : undefined;
  const command = message ?? parameter;
  if (command === undefined) {
    refuse(
      `@handle on ${place} does not know its command: write @handle(TheCommand), since the compiler emitted no class for the parameter`,
      { element: type.name },
    );
  } else if (parameter !== undefined && parameter !== command && !(command.prototype instanceof parameter)) {
    refuse(`@handle(${command.name}) on ${place} disagrees with its parameter, which is of class ${parameter.name}`, {
      element: type.name,
    });
  }
  return command;
}

function inWords({ type, method }: Handler): string {
  return `${type.name}.${String(method)}`;
}
