// A registry on 127.0.0.1 for the rehearsal: `node registry.mjs FOLDER UPSTREAM`, where FOLDER holds node_modules/verdaccio. It
// takes our packages from anybody, and every other one from UPSTREAM. Prints its port; ends with its standard input.
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder = "", upstream = ""] = process.argv.slice(2);
const { runServer } = createRequire(join(folder, "package.json"))("verdaccio");
const ours = { access: "$all", publish: "$all" };
const app = await runServer({
  self_path: folder,
  storage: join(folder, "storage"),
  auth: { htpasswd: { file: join(folder, "htpasswd") } },
  uplinks: { npm: { url: upstream, maxage: "60m", timeout: "60s" } },
  packages: {
    "@em-stellar/*": ours,
    "em-stellar": ours,
    "em-stellar-*": ours,
    "create-em-stellar-plugin": ours,
    "**": { access: "$all", proxy: "npm" },
  },
  web: { enable: false },
  max_body_size: "100mb",
  log: { type: "file", path: join(folder, "registry.log"), format: "pretty", level: "warn" },
});
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
