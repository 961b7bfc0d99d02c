/** The commands on one job. */
export namespace JobCommandIDs {
  export const cancel = 'slurm:cancel-job';
  export const hold = 'slurm:hold-job';
  export const release = 'slurm:release-job';
  export const requeue = 'slurm:requeue-job';
  export const change = 'slurm:change-job';
  export const resubmit = 'slurm:resubmit-job';
  export const copyMagic = 'slurm:copy-job-magic';
  export const refresh = 'slurm:refresh-job';
}
