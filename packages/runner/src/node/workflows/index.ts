import { kubernetes } from "./kubernetes.js";
import { nextflow } from "./nextflow.js";
import { slurmArrays } from "./slurm-arrays.js";
import { snakemake } from "./snakemake.js";

/** Workflows by the engine that does them. */
export const workflows = { snakemake, nextflow, slurm: slurmArrays, kubernetes } as const;
export type { Workflow, WorkflowRun } from "./workflow.js";
