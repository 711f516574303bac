import type { AggregateClass } from "../elements/aggregate-root";
import type { CommandRoot } from "../elements/command";
import type { Class } from "../metadata/class-types";

/** A class decorator for classes of type `C`, in either flavour of the language. */
export type ElementDecorator<C extends Class> = <T extends C>(target: T, context?: ClassDecoratorContext<T>) => void;

/** A decorator for aggregate classes. Their constructors are protected, which the compiler's type of the context does not allow. */
export type AggregateDecorator = (target: AggregateClass, context?: object) => void;

/** A decorator for command classes. Where `Key` is given, they must have that field and hold text in it. */
export type CommandDecorator<Key extends string> = <
  C extends Class<CommandRoot & { readonly [K in Key]?: string | undefined }>,
>(
  target: C & WithField<C, Key>,
  context?: ClassDecoratorContext<C>,
) => void;

/** Accepts `C` when its instances have the field; otherwise requires the field, which `C` does not have. */
type WithField<C extends Class, Key extends string> = [Key] extends [keyof InstanceType<C>]
  ? unknown
  : { readonly prototype: { readonly [K in Key]: string } };
