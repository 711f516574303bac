import { start } from "../src/nest/server";
import { behavesAsAnApplication } from "./behaves-as-an-application";

process.env.DOMAIN_ENV = "test";

behavesAsAnApplication(start);
