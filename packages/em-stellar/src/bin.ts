#!/usr/bin/env node
import { main } from "./cli.js";
import { toleratesClosedPipe } from "./terminal/closed-pipe.js";

toleratesClosedPipe(process.stdout);
toleratesClosedPipe(process.stderr);
process.exitCode = await main(process.argv.slice(2), process);
