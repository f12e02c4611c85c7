import { quoted } from "@em-stellar/data/node";

/** What a shell takes to give the same arguments again, for the record. */
export function commandLine(args: readonly string[]): string {
  return ["npx em-stellar", ...args.map(quoted)].join(" ");
}
