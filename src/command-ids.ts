/** All commands except those on one job. */
export namespace CommandIDs {
  export const showPanel = 'slurm:show-panel';
  export const refresh = 'slurm:refresh-panel';
  export const cancelJobs = 'slurm:cancel-jobs';
  export const openSelected = 'slurm:open-selected';
  export const showOutput = 'slurm:show-output';
  export const holdSelected = 'slurm:hold-selected';
  export const releaseSelected = 'slurm:release-selected';
  export const requeueSelected = 'slurm:requeue-selected';
  export const changeSelected = 'slurm:change-selected';
  export const resubmitSelected = 'slurm:resubmit-selected';
  export const copyIds = 'slurm:copy-job-ids';
  export const openJob = 'slurm:open-job';
  export const submitJob = 'slurm:submit-job';
  export const submitFile = 'slurm:submit-file';
  export const openScript = 'slurm:open-script';
  export const pasteToken = 'slurm:paste-token';
  export const forgetToken = 'slurm:forget-token';
  export const showAccount = 'slurm:show-account';
  export const logIn = 'slurm:log-in';
}

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
