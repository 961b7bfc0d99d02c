/**
 * The id under which a job is opened, whatever its row shows.
 *
 * #### Notes
 * The tasks of an array that wait are shown as `55_[3-9%2]`, and Slurm cuts long lists; they
 * change with every task that starts. The number of their array stays.
 */
export function jobAddress(id: string): string {
  return /^(\d+)_\[/.exec(id)?.[1] ?? id;
}
