import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';

import { formatRelative } from '../models/format';
import type { JobModel } from '../models/job';
import type { JobOutputModel } from '../models/joboutput';
import { CodeView } from './code-view';
import { JobHeader } from './job-header';
import type { IFileActions } from './job-output';
import { JobOutput } from './job-output';
import { JobOverview } from './job-overview';
import { Problem } from './problem';
import { Tabs } from './tabs';

/** The parts of a job's view that a person can turn to. */
export type JobTab = 'overview' | 'output' | 'script';

export interface IJobViewProps {
  id: string;
  model: JobModel;
  output: JobOutputModel;
  tab: JobTab;
  onTab: (tab: JobTab) => void;
  onOpenJob: (id: string) => void;
  editorFactory: CodeEditor.Factory;
  sanitizer: IRenderMime.ISanitizer;
  files: IFileActions;
  trans: TranslationBundle;
}

/** One job. */
export function JobView(props: IJobViewProps): JSX.Element {
  const { model, trans } = props;
  const { job, error } = model;
  const now = Date.now() / 1000;
  if (job === null) {
    return error === null ? (
      <p className="jp-SlurmJob-loading" role="status">
        {trans.__('Reading job %1…', model.id)}
      </p>
    ) : (
      <Problem error={error} trans={trans} onRetry={() => void model.refresh()} />
    );
  }
  return (
    <>
      {error !== null && model.readAt !== null && (
        <Problem
          error={error}
          trans={trans}
          note={trans.__('What is shown was read %1.', formatRelative(model.readAt, now, trans))}
          onRetry={() => void model.refresh()}
        />
      )}
      <JobHeader job={job} now={now} trans={trans} />
      <Tabs
        id={props.id}
        label={trans.__('Parts of job %1', job.id)}
        current={props.tab}
        onSelect={tab => props.onTab(tab as JobTab)}
        tabs={[
          { id: 'overview', label: trans.__('Overview') },
          { id: 'output', label: trans.__('Output') },
          { id: 'script', label: trans.__('Script') }
        ]}
      >
        {props.tab === 'overview' && (
          <JobOverview job={job} trans={trans} onOpenJob={props.onOpenJob} />
        )}
        {props.tab === 'output' && (
          <UseSignal signal={props.output.stateChanged}>
            {() => (
              <JobOutput
                job={job}
                output={props.output}
                sanitizer={props.sanitizer}
                files={props.files}
                trans={trans}
              />
            )}
          </UseSignal>
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
