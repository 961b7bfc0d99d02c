import { CodeEditor } from '@jupyterlab/codeeditor';
import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { useModels, useNow } from '../components/hooks';
import { InlineError } from '../components/notice';
import { Tabs } from '../components/tabs';
import { formatRelative } from '../words/format';
import { ArrayGrid } from './array-grid';
import { tasksOf } from './array-tasks';
import { type IJobActions, isBad, JobBanner } from './banner';
import { CopyAs, type IJobPlace } from './copy-as';
import { EarlierRuns } from './earlier-runs';
import { JobHeader } from './header';
import type { JobModel } from './model';
import type { JobOutputModel } from './output-model';
import { type IFileActions, JobOutput } from './output-view';
import { OutputPreview } from './output-tail';
import { JobOverview } from './overview';
import type { RelatedModel } from './related-model';
import { JobTimeline } from './timeline';

/** The tabs of a job's view. */
export type JobTab = 'overview' | 'output' | 'script';

interface IJobViewProps {
  id: string;
  model: JobModel;
  output: JobOutputModel;
  related: RelatedModel;
  tab: JobTab;
  onTab: (tab: JobTab) => void;
  /** The user's name on the cluster; null if it is not known. */
  user: string | null;
  place: IJobPlace;
  actions: IJobActions;
  editorFactory: CodeEditor.Factory;
  sanitizer: IRenderMime.ISanitizer;
  files: IFileActions;
  trans: TranslationBundle;
}

/** One job. */
export function JobView(props: IJobViewProps): JSX.Element {
  const { model, related, trans } = props;
  useModels(React.useMemo(() => [model.poller, related.poller], [model.poller, related.poller]));
  const { job } = model;
  const { asOf, error } = model.poller;
  const now = useNow(5);
  if (job === null) {
    return error === null ? (
      <p className="jp-SlurmJob-loading" role="status">
        {trans.__('Loading job %1…', model.id)}
      </p>
    ) : (
      <InlineError error={error} trans={trans} onRetry={() => void model.refresh()} />
    );
  }
  return (
    <>
      {error !== null && asOf !== null && (
        <InlineError
          error={error}
          trans={trans}
          note={trans.__('Last updated %1.', formatRelative(asOf, now, trans))}
          onRetry={() => void model.refresh()}
        />
      )}
      <JobHeader
        job={job}
        now={now}
        parts={job.het_job_id === null ? [] : related.siblings}
        actions={props.actions}
        trans={trans}
      />
      <Tabs
        id={props.id}
        label={trans.__('Details of job %1', job.id)}
        current={props.tab}
        onSelect={tab => props.onTab(tab as JobTab)}
        tabs={[
          { id: 'overview', label: trans.__('Overview') },
          { id: 'output', label: trans.__('Output') },
          { id: 'script', label: trans.__('Script') }
        ]}
      >
        {props.tab === 'overview' && (
          <div className="jp-SlurmJob-overview">
            <JobBanner
              job={job}
              now={now}
              user={props.user}
              output={props.output}
              sanitizer={props.sanitizer}
              actions={props.actions}
              trans={trans}
            />
            {job.array_job_id !== null && (
              <ArrayGrid
                tasks={tasksOf(related.siblings)}
                arrayId={job.array_job_id}
                onOpen={({ state, task }) =>
                  props.actions.openJob(
                    `${job.array_job_id}_${task}`,
                    state === 'PENDING' ? 'overview' : 'output'
                  )
                }
                trans={trans}
              />
            )}
            <JobTimeline job={job} now={now} trans={trans} />
            <div className="jp-SlurmJob-columns">
              <div className="jp-SlurmJob-facts">
                <JobOverview
                  job={job}
                  trans={trans}
                  onOpenJob={props.actions.openJob}
                  onSubmitAgain={props.actions.submitAgain}
                />
                <CopyAs job={job} place={props.place} onCopy={props.actions.copy} trans={trans} />
                <EarlierRuns
                  name={job.name}
                  runs={related.runs}
                  now={now}
                  onOpenJob={props.actions.openJob}
                  trans={trans}
                />
              </div>
              {!isBad(job, trans) && job.state !== 'PENDING' && (
                <OutputPreview
                  output={props.output}
                  sanitizer={props.sanitizer}
                  onShow={props.actions.showOutput}
                  trans={trans}
                />
              )}
            </div>
          </div>
        )}
        {props.tab === 'output' && (
          <JobOutput
            job={job}
            output={props.output}
            sanitizer={props.sanitizer}
            files={props.files}
            trans={trans}
          />
        )}
        {props.tab === 'script' &&
          (job.script ? (
            <CodeView
              factory={props.editorFactory}
              source={job.script}
              mimeType="text/x-sh"
              label={trans.__('Script of job %1', job.id)}
            />
          ) : (
            <p className="jp-SlurmOutput-note">
              {trans.__('Slurm does not have the script of this job.')}
            </p>
          ))}
      </Tabs>
    </>
  );
}

interface ICodeViewProps {
  factory: CodeEditor.Factory;
  source: string;
  mimeType: string;
  label: string;
}

/** Text in a read-only JupyterLab editor. */
function CodeView(props: ICodeViewProps): JSX.Element {
  const { factory, label, mimeType, source } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (host.current === null) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(source);
    const editor = factory({
      host: host.current,
      model,
      config: { readOnly: true, lineNumbers: true }
    });
    host.current.querySelector('[role="textbox"]')?.setAttribute('aria-label', label);
    return () => {
      editor.dispose();
      model.dispose();
    };
  }, [factory, label, mimeType, source]);
  return <div className="jp-SlurmCode" ref={host} />;
}
