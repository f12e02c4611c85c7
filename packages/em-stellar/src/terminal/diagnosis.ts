import type { Finding } from "../doctor/finding.js";
import type { Machine } from "../doctor/machine.js";

const marks = { ready: "✓", missing: "·", failed: "✗" } as const;
const statusWidth = 9;

/** The doctor's findings as lines of text, at most `columns` wide. `auto` is the finding of that id, apart from the others, with its summary. */
export function diagnosis(
  machine: Machine,
  findings: readonly Finding[],
  auto: Finding & { readonly summary: string },
  columns: number,
): string[] {
  const { versions, memory } = machine;
  const nameWidth = 2 + Math.max(10, ...findings.map(({ backend }) => backend.length));
  const indent = " ".repeat(2 + nameWidth + statusWidth);
  const gib = (bytes: number) => Math.round(bytes / 2 ** 30);
  const paragraph = (text: string) => wrap(text, columns - indent.length).map((line) => indent + line);
  return [
    `em-stellar ${versions["em-stellar"]}, tfjs ${versions.tfjs}, Node ${versions.node}, ${machine.system}`,
    `${machine.processor}, ${machine.cores} ${machine.cores === 1 ? "core" : "cores"}, ${gib(memory.total)} GiB of memory (${gib(memory.free)} free)`,
    "",
    ...findings.flatMap((finding) => {
      const [first = "", ...rest] = sentences(finding).flatMap(paragraph);
      const head = `${marks[finding.status]} ${finding.backend.padEnd(nameWidth)}${finding.status.padEnd(statusWidth)}`;
      return [head + first.slice(indent.length), ...rest];
    }),
    "",
    ...wrap(verdict(auto, findings), columns),
  ];
}

function sentences({ device, details = {}, problem, remedy, devices, log = [] }: Finding): string[] {
  const facts = Object.entries(details).filter(([name, value]) => !/^(tfjs-|choice$)/.test(name) && value !== "");
  return [
    device,
    facts.map(([name, value]) => `${name}: ${value}`).join("; "),
    problem,
    remedy,
    devices && (devices.length === 0 ? "No device found." : `Devices found: ${devices.join("; ")}.`),
    log.length > 0 ? `It wrote: ${log.join(" / ")}` : undefined,
  ].filter((line): line is string => line !== undefined && line !== "");
}

function verdict({ started, problem, summary }: Parameters<typeof diagnosis>[2], findings: readonly Finding[]): string {
  if (started !== undefined) return `auto takes ${started}, ${summary}.`;
  const ready = findings.find(({ status }) => status === "ready");
  const instead = ready ? ` Name one that is ready: --backend ${ready.backend}.` : "";
  const [why = ""] = (problem ?? "").split("\n"); // what follows is said of each backend above
  return `auto does not work. ${why}${instead}`;
}

/** Breaks a text between words into lines of at most `width` characters, where its words allow. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
