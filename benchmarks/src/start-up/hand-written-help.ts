import { Command } from "commander";

// The least that a program on the same library does before it prints its help.
new Command("domain").description("nothing else").parse(["--help"], { from: "user" });
