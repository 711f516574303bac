import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { signRoot } from "../metadata/package-copy";
import type { Fields, FrozenOutput, KeysLeftOut, ShapeInput } from "../schema/fields";
import { printable } from "../schema/printable";
import { Shape } from "../schema/shape";
import { isProbe, refuseClassFields } from "./class-fields";

/** The arguments of a message's constructor: none are needed where every field may be left out. */
export type MessageArguments<S extends Fields> =
  keyof S extends KeysLeftOut<S> ? [values?: ShapeInput<S>] : [values: ShapeInput<S>];

/** The class that `DomainEvent({…})` and `Command({…})` return. */
export interface MessageClass<S extends Fields, Root extends object = Message> {
  new (...values: MessageArguments<S>): Root & FrozenOutput<S>;
  readonly shape: Shape<S>;
}

/** The root of events and commands: a frozen object with the fields of a shape. */
export abstract class Message {
  /** Set by the classes that `messageClass` makes. */
  declare static readonly shape: Shape;

  constructor(values: unknown = {}) {
    const { shape, name } = new.target;
    if (shape === undefined)
      throw new IncorrectUsageError(`${name} has no shape: extend DomainEvent({…}) or Command({…})`);
    if (isProbe(new.target)) return;
    refuseClassFields(new.target, "DomainEvent({…}) or Command({…})", { mayAdd: false });
    shape.parseInto(this, values, name);
    Object.freeze(this);
  }
}

/**
 * Returns a plain object with the fields, for `JSON.stringify`: bigints as texts of their digits. Not a method of the type, and
 * writable, because a message may have a field of this name.
 */
Object.defineProperty(Message.prototype, "toJSON", {
  value(this: object) {
    return printable(this);
  },
  writable: true,
  configurable: true,
});

signRoot(Message.prototype);

/** Gives a root class the shape of one kind of message. */
export function messageClass<S extends Fields, Root extends Message>(
  root: abstract new (values?: unknown) => Root,
  fields: S,
): MessageClass<S, Root> {
  const shape = new Shape(fields);
  class ShapedMessage extends (root as abstract new (values?: unknown) => Message) {
    static readonly shape = shape;
  }
  return ShapedMessage as unknown as MessageClass<S, Root>;
}
