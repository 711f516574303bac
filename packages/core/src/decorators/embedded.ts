import { entityField, type ValueObjectClass, valueObjectField } from "../elements/embedded-fields";
import type { EntityRoot } from "../elements/entity";
import type { EntityClass } from "../elements/entity-collection";
import type { ValueObjectRoot } from "../elements/value-object";
import { markElement } from "../metadata/element-mark";
import type { ElementDecorator } from "./elements";
import type { EntityOptions, ValueObjectOptions } from "./options";
import { checkParentheses } from "./parentheses";

/** `@entity({ partOf: "Account" })` above a class, or `entity(Signatory)` as a field that holds one. */
export interface EntityWord {
  /** Marks a class as an entity, for `domain.register`. */
  (options: EntityOptions): ElementDecorator<EntityRoot>;
  /** A field that holds one entity, in an event, say; see `hasOne` and `hasMany`. */
  <E extends EntityRoot>(type: EntityClass<E>): ReturnType<typeof entityField<E>>;
}

/** `@valueObject({…})` above a class, or `valueObject(Money)` as a field that holds one. */
export interface ValueObjectWord {
  /** Marks a class as a value object, for `domain.register`. */
  (options: ValueObjectOptions): ElementDecorator<ValueObjectRoot>;
  /**
   * A field that holds a value object. Input may be an instance, or the values to make one of.
   *
   * ```ts
   * class Account extends Aggregate({ balance: valueObject(Money), limit: valueObject(Money).optional() }) { … }
   * ```
   */
  <C extends ValueObjectClass>(type: C): ReturnType<typeof valueObjectField<C>>;
}

/** Declares a class as an entity where it is given options, and a field that holds one where it is given such a class. */
export const entity = word("entity", entityField) as EntityWord;

/** Declares a class as a value object where it is given options, and a field that holds one where it is given such a class. */
export const valueObject = word("valueObject", valueObjectField) as ValueObjectWord;

/** One word that declares a class where it is given options, and a field where it is given such a class. */
function word(kind: "entity" | "valueObject", field: (type: never) => unknown) {
  return (...args: readonly unknown[]) => {
    const [given, context] = args;
    // In a circle of imports a class is still undefined. That is given nevertheless, which nothing is to `@entity()`.
    const isClass = typeof given === "function" || (given === undefined && args.length > 0);
    if (isClass && context === undefined) return field(given as never);
    checkParentheses(`@${kind}`, given);
    return (target: never) => markElement(target, { kind, options: { ...(given as object) } });
  };
}
