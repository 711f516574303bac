import { isChangeable, thawed } from "../schema/copying";
import { defaultOf } from "../schema/field-default";
import type { Shape } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";

const initialStates = new WeakMap<Shape, { readonly state: readonly unknown[]; readonly flat: boolean }>();

/** Returns the defaults of the fields, in the order of the shape's keys. */
export function initialState(shape: Shape, name: string): unknown[] {
  let initial = initialStates.get(shape);
  if (initial === undefined) {
    const state = shape.keys.map((key) => defaultOf(shape.fields[key] as Schema, `field "${key}" of ${name}`));
    initial = { state, flat: !state.some(isChangeable) };
    initialStates.set(shape, initial);
  }
  return initial.flat ? initial.state.slice() : (thawed(initial.state) as unknown[]);
}
