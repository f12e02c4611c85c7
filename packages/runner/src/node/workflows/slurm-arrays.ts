import { quoted } from "@em-stellar/data/node";
import { slurmTask } from "../slurm.js";
import { inComment, retries, type Workflow } from "./workflow.js";

/** A script that submits itself. */
export const slurmArrays: Workflow = {
  file: "slurm.sh",
  start: (file) => `bash ${file} --partition=gpu --gres=gpu:1 --time=4:00:00`,
  text: (run) => `#!/bin/bash
# The jobs of the suite ${inComment(run)} as job arrays of Slurm, and then results and report. What is done is not done again.
# Its arguments go to sbatch.
run=${quoted(run.run)}
em_stellar=(${run.command.map(quoted).join(" ")})

if [ "$1" = collect ]; then
  exec "\${em_stellar[@]}" collect "$run"
fi

if [ "$1" != job ]; then # on the login node
  script=$(realpath "$0")
  logs=$run/workflows/logs
  mkdir -p "$logs"
  jobs=$(wc -l < "$run/jobs.txt")
  size=$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')
  size=$((\${size:-1001} - 1))
  after=afterany # a job that failed is named by \`collect\`
  for ((first = 0; first < jobs; first += size)); do
    count=$((jobs - first < size ? jobs - first : size))
    id=$(sbatch --parsable --array=1-$count --requeue --open-mode=append --signal=B:USR1@120 \\
      --output="$logs/$first-%a.out" "$@" "$script" job $first) || exit
    after+=:\${id%%;*}
  done
  sbatch --dependency=$after --output="$logs/collect.out" "$@" "$script" collect
  exit
fi

job=$(sed -n "$(($2 + SLURM_ARRAY_TASK_ID))p" "$run/jobs.txt")
${slurmTask(`"\${em_stellar[@]}" job "$run" "$job"`)}
# 75: try again, at most ${retries} times. A warned task starts again as often as it takes.
if [ "$status" = 75 ] && { [ -n "$warned" ] || [ "\${SLURM_RESTART_COUNT:-0}" -lt ${retries} ]; }; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit "$status"
`,
};
