import { LabIcon } from '@jupyterlab/ui-components';

import slurmSvg from '../style/icons/slurm.svg';

/** Nodes of a rack, and a job that starts: the mark of everything Slurm here. */
export const slurmIcon = new LabIcon({ name: 'jupyter-slurm-rest:slurm', svgstr: slurmSvg });
