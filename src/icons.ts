import { LabIcon } from '@jupyterlab/ui-components';

import slurmSvg from '../style/icons/slurm.svg';

/** The icon of everything about Slurm: nodes of a rack, and a job that starts. */
export const slurmIcon = new LabIcon({ name: 'jupyter-slurm-rest:slurm', svgstr: slurmSvg });
