import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import type { Title, Widget } from '@lumino/widgets';

import activeSvg from '../../style/icons/state-active.svg';
import badSvg from '../../style/icons/state-bad.svg';
import goodSvg from '../../style/icons/state-good.svg';
import stoppedSvg from '../../style/icons/state-stopped.svg';
import unknownSvg from '../../style/icons/state-unknown.svg';
import waitingSvg from '../../style/icons/state-waiting.svg';
import type { IJob } from '../api/types';
import { describeState, type Tone } from '../words/job-state';
import type { IJobArguments } from './arguments';

/** The longest text in a tab that is not cut off by it. */
const LONGEST = 20;

const ICONS: Record<Tone, LabIcon> = {
  active: iconOf('active', activeSvg),
  bad: iconOf('bad', badSvg),
  good: iconOf('good', goodSvg),
  stopped: iconOf('stopped', stoppedSvg),
  unknown: iconOf('unknown', unknownSvg),
  waiting: iconOf('waiting', waitingSvg)
};

function iconOf(tone: Tone, svgstr: string): LabIcon {
  return new LabIcon({ name: `jupyter-slurm-rest:state-${tone}`, svgstr });
}

/** Shows a job's name, the id that was opened and its state in the tab of its view. */
export function updateTitle(
  title: Title<Widget>,
  job: IJob,
  { cluster, id }: IJobArguments,
  trans: TranslationBundle
): void {
  const { label, tone } = describeState(job.state, job.flags, trans);
  const room = Math.max(8, LONGEST - id.length);
  const name = job.name.length > room ? `${job.name.slice(0, room - 1).trimEnd()}…` : job.name;
  title.label = name === '' ? trans.__('Job %1', id) : trans.__('%1 (%2)', name, id);
  title.caption = [
    trans.__('Job %1 on %2', id, cluster),
    job.name === '' ? '' : trans.__('Name: %1', job.name),
    trans.__('State: %1', label)
  ]
    .filter(line => line !== '')
    .join('\n');
  title.icon = ICONS[tone];
}
