import { start } from "../src/fastify/server";
import { behavesAsAnApplication } from "./behaves-as-an-application";

process.env.DOMAIN_ENV = "test";

behavesAsAnApplication(start);
