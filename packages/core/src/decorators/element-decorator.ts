import type { CommandRoot } from "../elements/command";
import type { DomainEventRoot } from "../elements/domain-event";
import type { ProjectionClass, ProjectionRoot } from "../elements/projection";
import type { ClassOf, Constructor, Resolvable } from "../metadata/class-types";

/**
 * A class decorator for classes with instances of type `Root`, in either flavour of the language.
 *
 * The compiler's message about another class ends with the text `Advice`, in the place of a comparison of two classes.
 */
export type ElementDecorator<Root, Advice extends string> = <C>(
  target: C extends ClassOf<Root> ? C : Advice,
  context?: object,
) => void;

/** A class decorator for classes of the type `C`. */
export type PlainClassDecorator<C> = (target: C, context?: object) => void;

/** A decorator for command classes. Where `Key` is given, they must have that field and hold text in it. */
export type CommandDecorator<Key extends string> = <C>(
  target: C extends ClassOf<CommandRoot> ? WithKey<C, Key> : "a command is a class that extends Command({…})",
  context?: object,
) => void;

/** The class `C` where its instances have the field, otherwise a text that says why not. */
type WithKey<C extends ClassOf<object>, Key extends string> = [Key] extends [never]
  ? C
  : [Key] extends [keyof C["prototype"]]
    ? C extends ClassOf<{ readonly [K in Key]?: string | undefined }>
      ? C
      : `the field "${Key}" of an idempotency key holds text`
    : `the command has no field "${Key}" to take its idempotency key from`;

/** A decorator for event handlers, whose methods take events with the field `By`. */
export type EventHandlerDecorator<By extends string> = <C extends Resolvable>(
  target: [FieldlessEvents<InstanceType<C>, FieldIn<By>>] extends [never]
    ? C
    : { "sequentialBy is a field of all events, but a method takes": FieldlessEvents<InstanceType<C>, FieldIn<By>> },
  context?: object,
) => void;

/** The field that `sequentialBy` names: never where it is "all", or a function, of which the compiler infers no name. */
type FieldIn<By extends string> = string extends By ? never : Exclude<By, "all">;

/** The events that methods take, one by one or in arrays, and that lack the field. */
type FieldlessEvents<T, By extends string> = {
  [K in keyof T]: T[K] extends (event: infer Taken, ...more: never[]) => unknown
    ? Fieldless<Taken extends readonly (infer Event)[] ? Event : Taken, By>
    : never;
}[keyof T];

type Fieldless<Event, By extends string> = [By] extends [never]
  ? never
  : Event extends DomainEventRoot
    ? By extends keyof Event
      ? never
      : Event
    : never;

/** A decorator for projector classes, whose methods take rows of the projection class `P`. */
export type ProjectorDecorator<P> = <C extends Constructor>(
  target: P extends ProjectionClass ? WithRows<C, P["prototype"]> : C,
  context?: object,
) => void;

/** The class `C` where its methods take rows of class `Row`, otherwise an object that says which they are. */
type WithRows<C extends Constructor, Row> = [OtherRows<InstanceType<C>, Row>] extends [never]
  ? C
  : { "the rows of this projector": Row; "a method takes": OtherRows<InstanceType<C>, Row> };

/** The rows that methods take and that are no rows of class `Row`. */
type OtherRows<T, Row> = {
  [K in keyof T]: T[K] extends (event: never, row: infer Taken, ...more: never[]) => unknown
    ? Taken extends ProjectionRoot
      ? Row extends Taken
        ? never
        : Taken
      : never
    : never;
}[keyof T];
