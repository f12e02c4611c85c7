/**
 * Runs a benchmark with what its command line says, or prints `usage` for `--help`. What `parse` refuses is printed with
 * `usage`, and the exit status is 1.
 */
export async function runFromCommandLine<Options>(
  parse: (args: readonly string[]) => Options,
  usage: string,
  run: (options: Options) => Promise<void>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    console.log(usage);
    return;
  }
  let options: Options;
  try {
    options = parse(args);
  } catch (cause) {
    console.error(`${(cause as Error).message}\n${usage}`);
    process.exitCode = 1;
    return;
  }
  await run(options);
}

/** The items of a list with commas; all where nothing is given. Throws an error that names the option and what there is. */
export function listOf<Item extends string>(option: string, text: string | undefined, all: readonly Item[]): Item[] {
  if (text === undefined) return [...all];
  return text.split(",").map((name) => {
    const found = all.find((item) => item === name);
    if (found === undefined) throw new Error(`${option} has no "${name}". There are: ${all.join(", ")}.`);
    return found;
  });
}
