import { type DomainSize, messageFieldNames, messageFields, STATE_FIELDS } from "./generated-shapes";

/** The files of a generated application, by name. The file `main.ts` loads all of them. */
export type Sources = ReadonlyMap<string, string>;

/** Writes an application with Tidemark, one aggregate a file. */
export function tidemarkSources(size: DomainSize): Sources {
  const domain = `import { Domain } from "@tidemark/core";\n\nexport const domain = new Domain("large", { root: __dirname });\n`;
  return application(size, tidemarkAggregate, domain);
}

/** Writes the same application with zod alone: the same shapes, classes with the same fields and methods. */
export function zodSources(size: DomainSize): Sources {
  return application(size, zodAggregate, "export const domain = undefined;\n");
}

function application(
  { aggregates, messages }: DomainSize,
  aggregate: typeof tidemarkAggregate,
  domain: string,
): Sources {
  const names = Array.from({ length: aggregates }, (_, index) => `Thing${index}`);
  return new Map([
    ["domain.ts", domain],
    ...names.map((name) => [`${name}.ts`, aggregate(name, messages)] as const),
    ["main.ts", [...names.map((name) => `import "./${name}";`), 'export { domain } from "./domain";', ""].join("\n")],
  ]);
}

function tidemarkAggregate(name: string, messages: number): string {
  const numbers = Array.from({ length: messages }, (_, index) => index);
  return `import { Aggregate, apply, Command, DomainEvent, handle, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "./domain";
${numbers
  .map(
    (number) => `
@domain.event({ partOf: "${name}" })
export class ${name}Changed${number} extends DomainEvent({ ${messageFields(number, "identifier()")} }) {}
`,
  )
  .join("")}
@domain.aggregate({ eventSourced: true })
export class ${name} extends Aggregate({ ${STATE_FIELDS} }) {${numbers
    .map(
      (number) => `
  change${number}(command: Change${name}${number}): void {
    this.raise(new ${name}Changed${number}({ ${copied("ownerId", number, "command")} }));
  }

  @apply(${name}Changed${number})
  onChanged${number}(event: ${name}Changed${number}): void {
${assigned(number)}
  }
`,
    )
    .join("")}}
${numbers
  .map(
    (number) => `
@domain.command({ partOf: ${name} })
export class Change${name}${number} extends Command({ ${messageFields(number, "identifier()")} }) {}
`,
  )
  .join("")}
@domain.commandHandler({ partOf: ${name} })
export class ${name}Handler {${numbers
    .map(
      (number) => `
  @handle(Change${name}${number})
  async change${number}(command: Change${name}${number}): Promise<void> {
    await domain.repositoryFor(${name}).update(command.ownerId, (thing) => thing.change${number}(command));
  }
`,
    )
    .join("")}}
`;
}

function zodAggregate(name: string, messages: number): string {
  const numbers = Array.from({ length: messages }, (_, index) => index);
  const message = (type: string, number: number) => `
const shapeOf${type} = z.object({ ${messageFields(number, "z.string().min(1)")} });
export interface ${type} extends Readonly<z.output<typeof shapeOf${type}>> {}
export class ${type} {
  constructor(values: z.input<typeof shapeOf${type}>) {
    Object.assign(this, shapeOf${type}.parse(values));
  }
}
`;
  return `import { z } from "zod";

import "./domain";
${numbers.map((number) => message(`${name}Changed${number}`, number)).join("")}
const shapeOf${name} = z.object({ ${STATE_FIELDS} });
export interface ${name} extends z.output<typeof shapeOf${name}> {}
export class ${name} {
  readonly pending: object[] = [];

  constructor(readonly id: string) {
    Object.assign(this, shapeOf${name}.parse({}));
  }
${numbers
  .map(
    (number) => `
  change${number}(command: Change${name}${number}): void {
    const event = new ${name}Changed${number}({ ${copied("ownerId", number, "command")} });
    this.onChanged${number}(event);
    this.pending.push(event);
  }

  onChanged${number}(event: ${name}Changed${number}): void {
${assigned(number)}
  }
`,
  )
  .join("")}}
${numbers.map((number) => message(`Change${name}${number}`, number)).join("")}
export class ${name}Handler {
  readonly things = new Map<string, ${name}>();
${numbers
  .map(
    (number) => `
  async change${number}(command: Change${name}${number}): Promise<void> {
    this.things.get(command.ownerId)?.change${number}(command);
  }
`,
  )
  .join("")}}
`;
}

function copied(id: string, number: number, from: string): string {
  return [id, ...messageFieldNames(number)].map((field) => `${field}: ${from}.${field}`).join(", ");
}

function assigned(number: number): string {
  const lines = messageFieldNames(number).map((field) => `    this.${field} = event.${field};`);
  return [...lines, "    this.changes++;"].join("\n");
}
