import { nodeOf, type Schema, takesWholeNumbers } from "./zod-tree";

/** What the values of a field are, for a store that has a typed place for each. */
export interface FieldKind {
  /** `json` for everything that has parts, or whose type is known at run time only. */
  readonly type: "text" | "integer" | "number" | "boolean" | "time" | "decimal" | "bigint" | "json";
  /** The texts that the field takes; undefined where it takes any. */
  readonly texts?: ReadonlySet<unknown>;
  readonly mayBeAbsent: boolean;
  readonly mayBeNull: boolean;
}

/** Tells what the values are that a schema puts out. */
export function fieldKind(schema: Schema): FieldKind {
  return kindOf(schema, new Set());
}

/** @param outer the schemas around this one: what contains itself has parts. */
function kindOf(schema: Schema, outer: ReadonlySet<Schema>): FieldKind {
  if (outer.has(schema)) return required("json");
  const node = nodeOf(schema);
  const inside = (inner: Schema) => kindOf(inner, new Set(outer).add(schema));
  switch (node.kind) {
    case "optional":
      return { ...inside(node.inner), mayBeAbsent: true };
    case "nullable":
      return { ...inside(node.inner), mayBeNull: true };
    case "nonoptional":
      return { ...inside(node.inner), mayBeAbsent: false };
    case "default":
    case "prefault":
    case "catch":
    case "readonly":
      return inside(node.inner);
    case "pipe":
      return inside(node.output);
    case "lazy":
      return inside(node.resolve());
    case "enum":
    case "literal":
      return ofValues(node.values);
    case "union":
    case "intersection": {
      const options = node.options.map(inside);
      return {
        type: "json",
        mayBeAbsent: options.some(({ mayBeAbsent }) => mayBeAbsent),
        mayBeNull: options.some(({ mayBeNull }) => mayBeNull),
      };
    }
    case "own":
      return required(node.type.kind === "decimal" ? "decimal" : "json");
    case "leaf":
      return node.isDynamic ? { type: "json", mayBeAbsent: true, mayBeNull: true } : ofLeaf(node.type, schema);
    default:
      return required("json");
  }
}

function ofLeaf(type: string, schema: Schema): FieldKind {
  switch (type) {
    case "string":
    case "template_literal":
      return required("text");
    case "number":
      return required(takesWholeNumbers(schema) ? "integer" : "number");
    case "int":
      return required("integer");
    case "boolean":
    case "bigint":
      return required(type);
    case "date":
      return required("time");
    default:
      return { type: "json", mayBeAbsent: type === "undefined" || type === "void", mayBeNull: type === "null" };
  }
}

function ofValues(values: readonly unknown[]): FieldKind {
  if (values.every((value) => typeof value === "string")) return { ...required("text"), texts: new Set(values) };
  return { type: "json", mayBeAbsent: values.includes(undefined), mayBeNull: values.includes(null) };
}

function required(type: FieldKind["type"]): FieldKind {
  return { type, mayBeAbsent: false, mayBeNull: false };
}
