import { InvalidArgumentError, Option } from "commander";

/** The flags that choose a backend, as `DeviceChoice` takes them. */
export function backendFlags() {
  return {
    backend: new Option("-b, --backend <id>", "backend: auto, or an id that `em-stellar list backend` shows"),
    backendOption: new Option("--backend-option <name=value>", "an option of the backend; can be repeated").argParser(
      withOption,
    ),
    allowSoftware: new Option("--allow-software", "short for --backend-option allowSoftware=true"),
    precision: new Option("--precision <precision>", "short for --backend-option precision=<precision>"),
  };
}

/** `threads=2` beside the options that were read before it. A value is JSON, or else text. */
function withOption(given: string, before: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("It must be name=value, such as threads=2.");
  return { ...before, [name]: parsed(value) };
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
