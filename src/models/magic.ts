/**
 * The line for a notebook that shows a job.
 *
 * @param clusters - how many there are: one alone needs no name
 */
export function magicFor(job: { cluster: string; id: string }, clusters: number): string {
  const choice = clusters > 1 ? `--cluster ${job.cluster} ` : '';
  return `%slurm job ${choice}${job.id}`;
}
