import { CommandError } from "../io/command-error";

/** The names under which the sample of a new project goes. */
export interface SampleNames {
  /** The aggregate's class: `BookClub`. */
  readonly type: string;
  /** A variable that holds one: `bookClub`. */
  readonly variable: string;
  /** Its files: `book-club`. */
  readonly file: string;
}

const CLASS_NAME = /^[A-Z][A-Za-z0-9]*$/;

/** What the files of a project use under these names, besides what JavaScript has. */
const USED = [
  "Aggregate",
  "Command",
  "Domain",
  "DomainEvent",
  "ValidationError",
  "Sample",
  "handle",
  "domain",
  "given",
];
const VARIABLES = ["apply", "assert", "command", "event", "expect", "identifier", "main", "result", "test", "z"];
const KEYWORDS =
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield";

const taken: ReadonlySet<string> = new Set([...USED, ...VARIABLES, ...KEYWORDS.split(" ")]);

/** Names the sample after the project: `book-club` has a `BookClub`. A name that the code needs itself gets an addition. */
export function sampleNames(projectName: string): SampleNames {
  const words = projectName.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const names = namesOf(words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join(""));
  return isTaken(names) ? namesOf(`${names.type}Item`) : names;
}

/** @throws CommandError for a name that no class of a project can have. */
export function namedSample(type: string): SampleNames {
  const refusal = (reason: string) => new CommandError(`Cannot name an aggregate ${JSON.stringify(type)}: ${reason}`);
  if (!CLASS_NAME.test(type)) throw refusal('expected letters and digits, starting with a capital, such as "Order"');
  const names = namesOf(type);
  if (isTaken(names)) throw refusal("the code of the project uses that name already");
  return names;
}

function namesOf(type: string): SampleNames {
  return {
    type,
    variable: type.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase()),
    file: type.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase(),
  };
}

function isTaken({ type, variable }: SampleNames): boolean {
  return [type, variable].some((name) => taken.has(name) || name in globalThis);
}
