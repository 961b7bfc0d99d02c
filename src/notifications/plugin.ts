import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { Event } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { listTransitions } from '../api/jobs';
import { ApiError } from '../api/request';
import { CommandIDs } from '../command-ids';
import { runCommand } from '../dialogs/errors';
import { ISlurmClusters } from '../tokens';
/* eslint-disable jupyter/prefer-lazy-imports -- small, and must not miss the first event */
import { type IQueueChange, queueChangeIn } from '../api/events';
import { TransitionDigest } from './digest';
import { LiveJobs } from './live-jobs';
import { describeTransitions, type ITransition, type NotifyLevel, toneOf } from './transitions';
/* eslint-enable jupyter/prefer-lazy-imports */

const PLUGIN_ID = 'jupyter-slurm-rest:notifications';

/** Milliseconds until a notification closes. Failures stay until they are dismissed. */
const AUTO_CLOSE = 8000;

/** Notifies the user when their jobs start, end or fail. */
export const notificationsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Notifies the user when their Slurm jobs start, end or fail.',
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
        autoClose: tone === 'bad' ? false : AUTO_CLOSE,
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

    /** Clusters whose jobs this user may not read, as on somebody else's server. */
    const refused = new Set<string>();
    const readTransitions = async ({ cluster, as_of }: IQueueChange) => {
      try {
        const { transitions } = await listTransitions(clusters.server, cluster, as_of);
        liveJobs.watch(cluster);
        transitions.forEach(transition => digest.add({ ...transition, cluster }));
      } catch (error) {
        // No notification then: the lists in the panel show the error.
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
        // The defaults apply.
        console.error(`The settings of ${PLUGIN_ID} could not be read.`, reason);
      });
  }
};
