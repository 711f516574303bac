/** Methods of arrays, maps and sets that change them. */
const CHANGES = "push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear";

const ASSIGNMENT = String.raw`(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^])?=(?![=>])`;

/**
 * How the source of a method shows that it writes a private field `#name`: as it is, and as compilers for older versions of
 * JavaScript write it (TypeScript and Babel, esbuild, swc), whose helpers take the object and a name made of the field's.
 */
const WRITES: readonly RegExp[] = [
  new RegExp(String.raw`\.#([\w$]+)(?:\.[\w$]+|\[[^\]]*\])*\s*(?:${ASSIGNMENT}|\+\+|--|\.(?:${CHANGES})\()`),
  /(?:\+\+|--)\s*\w+\.#([\w$]+)/,
  /(?:class_?private_?field_?(?:set|update)[\w.]*|__private(?:Set|Wrapper))\)?\(\s*\w+\s*,\s*([\w$]+)/i,
  new RegExp(
    String.raw`(?:class_?private_?field_?get[\w.]*|__privateGet)\)?\(\s*\w+\s*,\s*([\w$]+)[^)]*\)\s*\.(?:${CHANGES})\(`,
    "i",
  ),
];

const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

/**
 * Finds a private field (`#count`) that a method writes, in the text of the method. No other code can look at private fields,
 * so the methods that this one calls are not looked at.
 *
 * @param className compilers put it before the name of the field.
 * @returns the name with `#`; undefined where the text shows none.
 */
export function writtenPrivateField(method: unknown, className: string): string | undefined {
  if (typeof method !== "function") return undefined;
  const text = Function.prototype.toString.call(method).replace(COMMENTS, "");
  for (const pattern of WRITES) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return `#${name.replace(/^_+/, "").replace(new RegExp(`^${className}_`), "")}`;
  }
  return undefined;
}
