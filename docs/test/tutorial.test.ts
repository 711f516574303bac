import { PrivateServer } from "@tidemark/testing/postgres-server";

import { FreshDatabase } from "../../packages/postgres/test/server/fresh-database";
import { asShown, comparable } from "./comparable-output";
import { read, TUTORIAL } from "./pages";
import { TutorialProject } from "./tutorial-project";
import { tutorialSteps } from "./tutorial-steps";
import { TypeChecker } from "./type-checker";

/** One folder for the whole tutorial: each chapter starts from where the former one ended. */
let project: TutorialProject;
const types = new TypeChecker();

/** The last chapter goes to PostgreSQL. */
let server: PrivateServer | undefined;
let database: FreshDatabase;

beforeAll(async () => {
  if (process.env.TIDEMARK_POSTGRES_URL === undefined) server = await PrivateServer.start();
  database = await FreshDatabase.empty(server?.url ?? process.env.TIDEMARK_POSTGRES_URL);
  project = new TutorialProject({ DATABASE_URL: database.url });
});
afterAll(async () => {
  project.remove();
  await database.drop();
  await server?.stop();
});

describe("the tutorial, chapter by chapter", () => {
  it.each(TUTORIAL.filter((page) => /\/\d/.test(page)))("%s compiles, and prints what it says", async (page) => {
    const [shown, real]: [string[], string[]] = [[], []];
    for (const step of tutorialSteps(read(page))) {
      if (step.kind !== "command") {
        project.keep(step);
        continue;
      }
      shown.push(`$ ${step.command}\n${comparable(step.output)}`);
      real.push(`$ ${step.command}\n${asShown(await project.terminal.run(step.command), step.output)}`);
    }
    expect(types.complaints(project.folder)).toEqual([]);
    expect(real.join("")).toBe(shown.join(""));
  });
});
