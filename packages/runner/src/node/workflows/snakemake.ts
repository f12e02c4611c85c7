import { inComment, retries, type Workflow } from "./workflow.js";

/** A Snakefile. A job that is done leaves an empty file: Snakemake removes what a job that it does again was to write, results too. */
export const snakemake: Workflow = {
  file: "Snakefile",
  start: (file) => `snakemake --snakefile ${file} --cores 4 --keep-going`,
  text: (run) => `# The jobs of the suite ${inComment(run)}, each started by Snakemake, and then results and report.
RUN = ${literal(run.run)}
EM_STELLAR = [${run.command.map(literal).join(", ")}]
DONE = RUN + "/workflows/done"

with open(RUN + "/jobs.txt") as lines:
    JOBS = lines.read().splitlines()


rule results:
    input:
        expand(DONE + "/{job}", job=JOBS),
    shell:
        "{EM_STELLAR:q} collect {RUN:q}"


# 65 says that the job can never succeed: the others go on, and \`collect\` names it.
# To try it again after a change, remove its file in workflows/done.
rule job:
    output:
        touch(DONE + "/{job}"),
    log:
        RUN + "/workflows/logs/{job}.log",
    threads: 1
    # With --resources gpu=2, two jobs run at the same time.
    resources:
        gpu=1,
    retries: ${retries}
    shell:
        "{EM_STELLAR:q} job {RUN:q} {wildcards.job:q} >> {log:q} 2>&1 || [ $? = 65 ]"
`,
};

/** A text as Python reads it. */
function literal(text: string): string {
  return JSON.stringify(text);
}
