import { type ELEMENT_KINDS, type ElementKind, KINDS, type OptionsOf, rulesOf } from "../decorators/element-kinds";
import type { Class, Constructor, Resolvable } from "../metadata/class-types";
import type { Shape } from "../schema/shape";
import { alternatives, withArticle } from "../wording/alternatives";
import { didYouMean } from "../wording/did-you-mean";
import { twinHint } from "../wording/twin-class";
import { bundledName, elementNames } from "./bundled-names";
import { checkMethods } from "./decorated-methods";
import type { DomainProblem, DomainProblemCode, Report } from "./domain-problem";
import { shapeOf } from "./field-rules";
import { checkOptions } from "./option-faults";
import { elementName, type Registration, type Registry } from "./registry";

/** A registered class with its declaration. */
export interface DeclaredElement<Kind extends ElementKind = ElementKind> {
  readonly kind: Kind;
  readonly type: Class;
  /** Its option `name`, otherwise the name of its class. */
  readonly name: string;
  /** Those of its options that are valid. */
  readonly options: Partial<OptionsOf<Kind>>;
}

/** A declared class that extends what classes of its kind extend. Models are made of these. */
export interface SoundElement<Kind extends ElementKind> extends DeclaredElement<Kind> {
  readonly type: ElementClass<Kind>;
}

/** The classes of one kind: they extend its root, if it has one, and are made from a shape then. */
type ElementClass<Kind extends ElementKind> = (typeof ELEMENT_KINDS)[Kind] extends {
  readonly root: { readonly type: infer Root extends Class };
}
  ? Root & Constructor<InstanceType<Root>> & { readonly shape: Shape }
  : Resolvable;

/** The registered classes of a domain. */
export class DeclaredElements {
  readonly #sound: ReadonlySet<DeclaredElement>;
  readonly #byKind = new Map<ElementKind, DeclaredElement[]>();
  /** By class and by name; the first of two with one name. */
  readonly #byReference = new Map<ElementKind, Map<unknown, DeclaredElement>>();

  constructor(
    readonly all: readonly DeclaredElement[],
    sound: readonly DeclaredElement[],
  ) {
    this.#sound = new Set(sound);
    for (const kind of KINDS) {
      this.#byKind.set(kind, []);
      this.#byReference.set(kind, new Map());
    }
    for (const element of all) {
      const { kind, type, name } = element;
      this.#byKind.get(kind)?.push(element);
      const references = this.#byReference.get(kind);
      for (const reference of [type, name])
        if (references?.has(reference) === false) references.set(reference, element);
    }
  }

  /** Returns all elements of one kind, in the order of their registration. */
  of<Kind extends ElementKind>(kind: Kind): readonly DeclaredElement<Kind>[] {
    return this.#byKind.get(kind) as readonly DeclaredElement[] as readonly DeclaredElement<Kind>[];
  }

  /** Returns the sound elements of one kind, in the order of their registration. */
  sound<Kind extends ElementKind>(kind: Kind): readonly SoundElement<Kind>[] {
    return this.of(kind).filter((element): element is SoundElement<Kind> => this.isSound(element));
  }

  /** True for an element that extends what elements of its kind extend. */
  isSound<Kind extends ElementKind>(element: DeclaredElement<Kind>): element is SoundElement<Kind> {
    return this.#sound.has(element);
  }

  /** Returns the classes of a kind that have one name: those of the versions of a projection. */
  named<Kind extends ElementKind>(kind: Kind, name: unknown): readonly Class[] {
    return this.of(kind).flatMap((element) => (element.name === name ? [element.type] : []));
  }

  /** Returns the element that an option refers to, by its class or by its name. */
  referred<Kind extends ElementKind>(kind: Kind, reference: unknown): DeclaredElement<Kind> | undefined {
    return this.#byReference.get(kind)?.get(reference) as DeclaredElement<Kind> | undefined;
  }
}

/** Checks every registered class by the rules of its kind. */
export function declaredElements(registry: Registry, report: Report): DeclaredElements {
  for (const fault of registry.faults) report(fault);
  const sound: DeclaredElement[] = [];
  const names = elementNames(registry.all);
  const all = registry.all.map((registration) => {
    const { type, kind } = registration;
    const { options, faults } = checkOptions(registration);
    for (const fault of faults) report(`${type.name} ${fault}`, type.name);
    checkClassName(registration, names, report);
    const element: DeclaredElement = { kind, type, name: elementName(registration), options };
    if (extendsRoot(element, report)) sound.push(element);
    return element;
  });
  const elements = new DeclaredElements(all, sound);
  for (const element of all) {
    checkReferences(element, elements, report);
    checkMethods(element.type, element.kind, report);
  }
  return elements;
}

/**
 * Lists the classes that the domain constructs with `new`, when it has no resolver, although they take arguments.
 * @param except a kind of which the domain constructs none.
 */
export function constructionFaults(registry: Registry, except?: ElementKind): DomainProblem[] {
  return registry.all
    .filter(({ kind, type }) => kind !== except && rulesOf(kind).isResolved && type.length > 0)
    .map(({ type: { name: element, length } }) => {
      const taken = length === 1 ? "an argument" : `${length} arguments`;
      const message = `${element} takes ${taken}, which nothing gives it: give the domain a resolver, new Domain(name, { resolver })`;
      return { code: "INVALID_DECLARATION", severity: "error", element, message };
    });
}

/** The name of a class becomes a part of stored names when its kind has an option `name` that is left out. */
function checkClassName(registration: Registration, names: ReadonlySet<string>, report: Report): void {
  const { type, kind, options } = registration;
  const { noun, options: schemas } = rulesOf(kind);
  if (schemas.name === undefined || options.name !== undefined) return;
  const bundled = bundledName(registration, names);
  if (bundled?.isRefused) report(bundled.message, type.name, "BUNDLED_NAME");
  else if (!schemas.name.safeParse(type.name).success)
    report(
      `the class name ${JSON.stringify(type.name)} cannot be stored; give the ${noun} the option "name"`,
      type.name,
    );
}

function extendsRoot({ type, kind }: DeclaredElement, report: Report): boolean {
  const { noun, root } = rulesOf(kind);
  if (root === undefined) return true;
  const isBelow = type.prototype instanceof root.type;
  if (!isBelow) {
    report(`${type.name} is declared as ${withArticle(noun)} but does not extend ${root.written}`, type.name);
  } else if (shapeOf(type) === undefined) {
    report(`${type.name} has no shape: extend ${root.written}`, type.name);
  }
  return isBelow && shapeOf(type) !== undefined;
}

interface NamedFunction {
  readonly name: string;
  readonly prototype?: object;
}

/** Names a class. Arrow functions and methods are the functions without prototype: `partOf: () => Account`. */
function classInWords(
  { name, prototype }: NamedFunction,
  registered: readonly string[],
): readonly [shown: string, hint: string] {
  if (prototype === undefined) return ["a function", "; write the class itself, or its name in quotes"];
  return [name || "a class without a name", twinHint(name, registered)];
}

/** A reference to nothing has a code of its own in these kinds. */
const REFERENCE_CODES: { readonly [Kind in ElementKind]?: DomainProblemCode } = { upcaster: "UPCASTER_UNREACHABLE" };

function checkReferences({ type, kind, options }: DeclaredElement, elements: DeclaredElements, report: Report): void {
  const written = new Map<string, unknown>(Object.entries(options));
  for (const { option, relation, kinds } of rulesOf(kind).references ?? []) {
    for (const reference of [written.get(option)].flat()) {
      if (reference === undefined) continue;
      if (kinds.some((one) => elements.referred(one, reference) !== undefined)) {
        const versions = elements.named("projection", reference);
        if (versions.length > 1 && kinds.includes("projection")) {
          const classes = versions.map(({ name }) => name).join(" and of ");
          const fault = `is the name of ${classes}; write the class itself`;
          report(`${type.name} ${relation} ${JSON.stringify(reference)}, which ${fault}`, type.name);
        }
        continue;
      }
      const names = kinds.flatMap((one) => elements.of(one)).map(({ name }) => name);
      const classes = kinds.flatMap((one) => elements.of(one)).map((element) => element.type.name);
      const [shown, hint] =
        typeof reference === "function"
          ? classInWords(reference as NamedFunction, classes)
          : [JSON.stringify(reference), didYouMean(String(reference), names)];
      const nouns = alternatives(kinds.map((one) => rulesOf(one).noun));
      const fault = `${relation} ${shown}, which is not a registered ${nouns}${hint}`;
      report(`${type.name} ${fault}`, type.name, REFERENCE_CODES[kind]);
    }
  }
}
