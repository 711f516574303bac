import type { AggregateRoot } from "../elements/aggregate-root";
import type { CommandRoot } from "../elements/command";
import type { DomainEventRoot } from "../elements/domain-event";
import type { SnapshotMigration } from "../elements/snapshot-migration";
import type { Upcaster } from "../elements/upcaster";
import type { Class, Constructor, Resolvable } from "../metadata/class-types";
import { type ElementKind, markElement } from "../metadata/element-mark";
import type {
  AggregateOptions,
  ApplicationServiceOptions,
  CommandHandlerOptions,
  CommandOptions,
  DomainServiceOptions,
  EventOptions,
  SnapshotMigrationOptions,
  UpcasterOptions,
} from "./options";
import { checkParentheses } from "./parentheses";

/** A class decorator in either flavour of the language. */
export type ElementDecorator<T> = <C extends Class<T>>(target: C, context?: ClassDecoratorContext<C>) => void;

/** For a command class that has the field `Key`, where one is named, and holds text in it. */
export type CommandDecorator<Key extends string> = <
  C extends Class<CommandRoot & { readonly [K in Key]?: string | undefined }>,
>(
  target: C & WithField<C, Key>,
  context?: ClassDecoratorContext<C>,
) => void;

/** Nothing more than `C` where its instances have the field; a class that is none where they have not. */
type WithField<C extends Class, Key extends string> = [Key] extends [keyof InstanceType<C>]
  ? unknown
  : { readonly prototype: { readonly [K in Key]: string } };

/** For a class that can be instantiated; a constructor with parameters needs a resolver. */
export type HandlerDecorator = (target: Resolvable, context?: ClassDecoratorContext) => void;

/** For a class with a `migrate(state)` and a constructor without arguments. */
export type SnapshotMigrationDecorator = <C extends Constructor<SnapshotMigration>>(
  target: C,
  context?: ClassDecoratorContext<C>,
) => void;

/** For a class with an `upcast(data)` and a constructor without arguments. */
export type UpcasterDecorator = <C extends Constructor<Upcaster>>(
  target: C,
  context?: ClassDecoratorContext<C>,
) => void;

/** Marks a class as an aggregate, for `domain.register`. */
export const aggregate = (options: AggregateOptions): ElementDecorator<AggregateRoot> => element("aggregate", options);

/** Marks a class as an event, for `domain.register`. */
export const event = (options: EventOptions): ElementDecorator<DomainEventRoot> => element("event", options);

/** Marks a class as a command, for `domain.register`. */
export const command = <Key extends string = never>(options: CommandOptions<Key>): CommandDecorator<Key> =>
  element("command", options);

/** Marks a class as the handler of an aggregate's commands, for `domain.register`. */
export const commandHandler = (options: CommandHandlerOptions): HandlerDecorator => element("commandHandler", options);

/** Marks a class as logic that concerns several aggregates, for `domain.register`. */
export const domainService = (options: DomainServiceOptions): HandlerDecorator => element("domainService", options);

/** Marks a class as use cases of an aggregate, for `domain.register`. */
export const applicationService = (options: ApplicationServiceOptions): HandlerDecorator =>
  element("applicationService", options);

/** Marks a class that carries an aggregate's snapshots over to a later schema version, for `domain.register`. */
export const snapshotMigration = (options: SnapshotMigrationOptions): SnapshotMigrationDecorator =>
  element("snapshotMigration", options);

/** Marks a class that carries an event's stored data over to a later version, for `domain.register`. */
export const upcaster = (options: UpcasterOptions): UpcasterDecorator => element("upcaster", options);

function element(kind: ElementKind, options: object): (target: Class) => void {
  checkParentheses(`@${kind}`, options);
  return (target) => markElement(target, { kind, options: { ...options } });
}
