import { dirname } from "node:path";
import { inComment, retries, type Workflow, type WorkflowRun } from "./workflow.js";

/** Pods at the same time, for a start. */
const parallelism = 8;

/** An indexed job, and one that is suspended until the first has ended. */
export const kubernetes: Workflow = {
  file: "kubernetes.yaml",
  start: (file) => `kubectl apply --filename ${file}`,
  text: (
    run,
  ) => `# The jobs of the suite ${inComment(run)}, each started by Kubernetes. Give your image and your volumes below. When all have ended,
# this makes results and report:
#   kubectl patch job ${nameOf(run)}-collect --patch '{"spec":{"suspend":false}}'
apiVersion: batch/v1
kind: Job
metadata:
  name: ${nameOf(run)}
spec:
  completionMode: Indexed
  completions: ${run.jobs}
  parallelism: ${Math.min(run.jobs, parallelism)}
  backoffLimitPerIndex: ${retries}
  maxFailedIndexes: ${run.jobs} # the others go on
  podFailurePolicy:
    rules:
      - action: FailIndex # 65: this job can never succeed
        onExitCodes: { containerName: job, operator: In, values: [65] }
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: job
          image: my-registry/em-stellar # with Node.js and em-stellar on its path
          command: [sh, -c, 'exec em-stellar job "$RUN" "$(sed -n "$((JOB_COMPLETION_INDEX + 1))p" "$RUN/jobs.txt")"']
          env: [{ name: RUN, value: ${literal(run.run)} }]
          # resources: { limits: { nvidia.com/gpu: 1 } }
          volumeMounts: ${mounts(run)}
      volumes: ${volumes(run)}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: ${nameOf(run)}-collect
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: collect
          image: my-registry/em-stellar
          command: [em-stellar, collect, ${literal(run.run)}]
          volumeMounts: ${mounts(run)}
      volumes: ${volumes(run)}
`,
};

/** Folders that pods need, at the paths where the run was planned: of the run and of the suite's data. */
function foldersOf({ run, folder }: WorkflowRun): { name: string; path: string }[] {
  const runs = dirname(run);
  const isInside = `${runs}/`.startsWith(`${folder}/`);
  return isInside
    ? [{ name: "data", path: folder }]
    : [
        { name: "runs", path: runs },
        { name: "data", path: folder },
      ];
}

function mounts(run: WorkflowRun): string {
  return `[${foldersOf(run)
    .map(({ name, path }) => `{ name: ${name}, mountPath: ${literal(path)} }`)
    .join(", ")}]`;
}

function volumes(run: WorkflowRun): string {
  return `[${foldersOf(run)
    .map(({ name }) => `{ name: ${name}, persistentVolumeClaim: { claimName: ${name} } }`)
    .join(", ")}]`;
}

/** A name as Kubernetes takes it, with room for what it adds for each pod. */
function nameOf({ suite }: WorkflowRun): string {
  const plain = suite
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 30)
    .replace(/^-+|-+$/g, "");
  return plain === "" ? "em-stellar" : `em-stellar-${plain}`;
}

/** A text as YAML reads it. */
function literal(text: string): string {
  return JSON.stringify(text);
}
