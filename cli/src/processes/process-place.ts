import { CommandError } from "../io/command-error";

/**
 * Reads the words behind `--after`: those that name something, in the order of its parts, the process first.
 *
 * @param given the words; undefined without the option.
 * @param parts what the words are: `["process", "id"]`. Without the first one, `process` stands for it.
 * @throws CommandError for another number of words.
 */
export function placeBehind<Part extends string>(
  given: readonly string[] | undefined,
  parts: readonly Part[],
  process: string | undefined,
): Readonly<Record<Part, string>> | undefined {
  if (given === undefined) return undefined;
  const isShort = given.length === parts.length - 1 && process !== undefined;
  const words = isShort ? [process, ...given] : given;
  if (words.length !== parts.length) {
    const expected = parts.map((part) => `<${part}>`).join(" ");
    throw new CommandError(`Cannot tell where to go on: --after takes ${expected}, found ${given.length} word(s)`);
  }
  return Object.fromEntries(parts.map((part, index) => [part, words[index]])) as Record<Part, string>;
}

/** Returns the one process manager that a call names, as its argument or as its option. @throws CommandError for two of them. */
export function namedProcess(argument: string | undefined, option: string | undefined): string | undefined {
  if (argument === undefined || option === undefined || argument === option) return argument ?? option;
  throw new CommandError(
    `Cannot list two process managers at once: ${JSON.stringify(argument)} and ${JSON.stringify(option)}`,
  );
}
