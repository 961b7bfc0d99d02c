import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { Event } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import { listTransitions } from '../api/jobs';
import { runCommand } from '../dialogs/errors';
import { CommandIDs } from '../command-ids';
/* eslint-disable jupyter/prefer-lazy-imports -- small, and must hear the first event */
import { TransitionDigest } from './digest';
import { LiveJobs } from './live-jobs';
import { type IQueueChange, queueChangeIn } from '../api/events';
import { describeTransitions, type ITransition, toneOf, type NotifyLevel } from './transitions';
/* eslint-enable jupyter/prefer-lazy-imports */
import { ISlurmClusters } from '../tokens';

const PLUGIN_ID = 'jupyter-slurm-rest:notifications';

/** Milliseconds that good news stays in sight. Bad news stays until it is dismissed. */
const SHOWN = 8000;

/** Says when the person's own jobs end or start. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: "Says when the person's own Slurm jobs end, fail or start.",
  autoStart: true,
  requires: [ISlurmClusters],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    clusters: ISlurmClusters,
    translator: ITranslator | null,
    settingRegistry: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_slurm_rest');
    const { commands } = app;

    const announce = (transitions: readonly ITransition[]) => {
      const tone = toneOf(transitions, trans);
      const type = ({ bad: 'error', good: 'success' } as const)[tone as 'bad' | 'good'] ?? 'info';
      Notification.emit(describeTransitions(transitions, trans), type, {
        autoClose: tone === 'bad' ? false : SHOWN,
        actions: [actionFor(transitions)]
      });
    };
    const actionFor = (transitions: readonly ITransition[]): Notification.IAction => {
      const failed = transitions.find(one => toneOf([one], trans) === 'bad');
      const { cluster, id } = failed ?? transitions[0];
      return transitions.length === 1 || failed
        ? {
            label: failed ? trans.__('Open failed job') : trans.__('Open job'),
            callback: () => runCommand(commands, CommandIDs.openJob, { cluster, id })
          }
        : {
            label: trans.__('Show jobs'),
            callback: () => runCommand(commands, CommandIDs.showPanel)
          };
    };

    const digest = new TransitionDigest(announce);
    const liveJobs = new LiveJobs({ server: clusters.server });
    const setLevel = (level: NotifyLevel) => {
      digest.level = level;
      liveJobs.enabled = level !== 'none';
    };
    setLevel('ended');

    /** Clusters whose jobs are not for this person: this is somebody else's server. */
    const refused = new Set<string>();
    const readTransitions = async ({ cluster, as_of }: IQueueChange) => {
      try {
        const { transitions } = await listTransitions(clusters.server, cluster, as_of);
        liveJobs.watch(cluster);
        transitions.forEach(transition => digest.add({ ...transition, cluster }));
      } catch (error) {
        // What cannot be learned is not told: the lists say what is wrong.
        if (error instanceof ApiError && error.status === 403) {
          refused.add(cluster);
        }
      }
    };

    app.serviceManager.events.stream.connect((_, event: Event.Emission) => {
      const change = queueChangeIn(event);
      if (change?.scope === 'mine' && liveJobs.enabled && !refused.has(change.cluster)) {
        void readTransitions(change);
      }
    }, digest);
    clusters.jobsChanged.connect((_, cluster) => liveJobs.checkNow(cluster), liveJobs);
    let current: string | null = null;
    clusters.changed.connect(() => {
      if (clusters.current !== null && clusters.current !== current) {
        current = clusters.current;
        liveJobs.watch(current);
      }
    }, liveJobs);

    settingRegistry
      ?.load(PLUGIN_ID)
      .then(settings => {
        const apply = () => setLevel(settings.get('notify').composite as NotifyLevel);
        apply();
        settings.changed.connect(apply, digest);
      })
      .catch(reason => {
        // The defaults hold.
        console.error(`The settings of ${PLUGIN_ID} could not be read.`, reason);
      });
  }
};
