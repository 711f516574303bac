import { Command, type HelpContext } from "commander";

/**
 * The commands that share a first word, such as `domain snapshot …`. Their modules are loaded when one of them is called or
 * the group's help is printed, because loading all commands would take most of the time of `domain --help`.
 */
export class CommandGroup extends Command {
  #declare: ((group: Command) => void) | undefined;

  /** @param declare adds the commands to the group. */
  constructor(name: string, description: string, declare: (group: Command) => void) {
    super(name);
    this.description(description);
    this.#declare = declare;
  }

  /** Has to be called before the group parses its arguments. A second call does nothing. */
  declareCommands(): void {
    this.#declare?.(this);
    this.#declare = undefined;
  }

  override helpInformation(context?: HelpContext): string {
    this.declareCommands();
    return super.helpInformation(context);
  }
}
