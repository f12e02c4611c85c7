import { quoted } from "@em-stellar/data/node";
import { inComment, retries, type Workflow } from "./workflow.js";

export const nextflow: Workflow = {
  file: "main.nf",
  start: (file) => `nextflow run ${file}`,
  text: (run) => `// The jobs of the suite ${inComment(run)}, each started by Nextflow, and then results and report.
nextflow.enable.dsl = 2

params.run = ${literal(quoted(run.run))}
params.em_stellar = ${literal(run.command.map(quoted).join(" "))}

// 65 says that the job can never succeed: the others go on, and \`collect\` names it.
process job {
    tag "$name"
    errorStrategy { task.exitStatus == 65 ? 'ignore' : 'retry' }
    maxRetries ${retries}
    cpus 1
    // accelerator 1

    input:
    tuple val(name), val(line)

    output:
    val name

    script:
    """
    job=\\$(sed -n '\${line}p' \${params.run}/jobs.txt)
    \${params.em_stellar} job \${params.run} "\\$job"
    """
}

process results {
    input:
    val done

    script:
    """
    \${params.em_stellar} collect \${params.run}
    """
}

workflow {
    lines = file(${literal(`${run.run}/jobs.txt`)}).readLines().withIndex(1)
    job(Channel.fromList(lines)).collect() | results
}
`,
};

/** A text as Groovy reads it. */
function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
