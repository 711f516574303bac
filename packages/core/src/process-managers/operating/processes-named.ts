import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { streamOf } from "../../event-store/stream-names";
import type { Class } from "../../metadata/class-types";
import type { ProcessManagerModel } from "../../model/process-manager-model";
import { byCodePoints } from "../../ports/code-point-order";
import { checkIdentifier } from "../../schema/identifier";
import { didYouMean } from "../../wording/did-you-mean";
import { quoted } from "../../wording/in-words";
import { twinHint } from "../../wording/twin-class";

/** An instance of a process manager, as operators name it. */
export interface NamedProcess {
  /** The name of the process manager. */
  readonly process: string;
  readonly id: string;
}

/** Finds process managers by what operators call them. */
export class ProcessesNamed {
  /** In the order of their categories, which is that of their streams. */
  readonly all: readonly ProcessManagerModel[];

  constructor(
    private readonly domain: string,
    processes: Iterable<ProcessManagerModel>,
  ) {
    this.all = [...processes].sort((a, b) => byCodePoints(a.category, b.category));
  }

  /**
   * @param attempted the start of the sentence that refuses the name: `Cannot cancel a timer of`.
   * @throws IncorrectUsageError for a name that no process manager has.
   */
  find(name: string, attempted: string): ProcessManagerModel {
    const found = this.all.find((model) => model.name === name);
    if (found !== undefined) return found;
    const names = this.all.map((model) => model.name);
    const hint = typeof name === "string" ? didYouMean(name, names) : "";
    const instead = hint || (names.length === 0 ? "" : `; there are ${quoted(names)}`);
    throw new IncorrectUsageError(
      `${attempted} ${JSON.stringify(name)}: there is no process manager of this name${instead}`,
      { process: name },
    );
  }

  /**
   * Gives the stream of an instance.
   * @throws IncorrectUsageError for a name that no process manager has; ValidationError for an id that no store could keep.
   */
  streamOf({ process, id }: NamedProcess, attempted: string): string {
    const { category } = this.find(process, attempted);
    checkIdentifier(id, process);
    return streamOf(category, id).stream;
  }

  /** @throws IncorrectUsageError for a class that is no registered process manager. */
  ofClass(type: Class): ProcessManagerModel {
    const found = this.all.find((model) => (model.type as Class) === type);
    if (found !== undefined) return found;
    const name = typeof type === "function" ? type.name : String(type);
    const classes = this.all.map((model) => model.type.name);
    const hint = twinHint(name, classes) || didYouMean(name, classes);
    throw new IncorrectUsageError(
      `${name} is not a registered process manager of domain ${JSON.stringify(this.domain)}${hint}`,
    );
  }
}
