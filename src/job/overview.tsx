import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IJob, IStep, ITres } from '../api/types';
import { type Fact, FactList, Facts, TimeValue } from '../components/facts';
import { StateBadge } from '../components/state-badge';
import { formatDuration, formatMemory, formatMinutes } from '../words/format';
import { isLive } from '../words/job-state';
import { JobEfficiency } from './efficiency';

interface IJobOverviewProps {
  job: IJob;
  trans: TranslationBundle;
  onOpenJob: (id: string) => void;
}

/** Everything about a job except its script and output. */
export function JobOverview(props: IJobOverviewProps): JSX.Element {
  const { job, trans } = props;
  return (
    <>
      <div className="jp-SlurmJob-sections">
        {job.state !== 'PENDING' && <JobEfficiency job={job} trans={trans} />}
        <Resources job={job} trans={trans} />
        <Facts title={trans.__('Times')} facts={times(job, trans)} />
        <Facts title={trans.__('Queue')} facts={queue(props)} />
        <Facts title={trans.__('Paths')} facts={paths(job, trans)} wide />
      </div>
      <JobSteps steps={job.steps} trans={trans} />
    </>
  );
}

/** Requested and allocated resources side by side. */
function Resources(props: { job: IJob; trans: TranslationBundle }): JSX.Element {
  const { job, trans } = props;
  const { requested, allocated } = job;
  const rows: [string, (tres: ITres) => string][] = [
    [trans.__('Nodes'), tres => number(tres.nodes)],
    [trans.__('CPUs'), tres => number(tres.cpus)],
    [trans.__('Memory'), tres => (tres.memory === null ? '' : formatMemory(tres.memory))],
    [trans.__('GPUs'), tres => gpuWords(tres, trans)]
  ];
  const given = rows.filter(
    ([, words]) => (requested && words(requested)) || (allocated && words(allocated))
  );
  const facts: Fact[] = [
    [trans.__('Node list'), job.nodes],
    [trans.__('Tasks'), number(job.tasks)],
    [trans.__('CPUs per task'), number(job.cpus_per_task)],
    [trans.__('Features'), job.constraints],
    [trans.__('Licenses'), job.licenses],
    [trans.__('Reservation'), job.reservation]
  ];
  return (
    <section className="jp-SlurmFacts">
      <h3 className="jp-SlurmFacts-title">{trans.__('Resources')}</h3>
      {given.length > 0 && (
        <table className="jp-SlurmFigures">
          <thead>
            <tr>
              <th scope="col">{trans.__('Resource')}</th>
              <th scope="col">{trans.__('Requested')}</th>
              <th scope="col">{trans.__('Allocated')}</th>
            </tr>
          </thead>
          <tbody>
            {given.map(([label, words]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{requested ? words(requested) : ''}</td>
                <td>{allocated ? words(allocated) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <FactList facts={facts} />
    </section>
  );
}

function number(value: number | null): string {
  return value === null ? '' : String(value);
}

function gpuWords(tres: ITres, trans: TranslationBundle): string {
  const types = Object.entries(tres.gpu_types);
  if (types.length > 0) {
    // Slurm does not report the type of every GPU.
    const others = tres.gpus - types.reduce((sum, [, count]) => sum + count, 0);
    return [
      ...types.map(([type, count]) => `${count} × ${type}`),
      ...(others > 0 ? [trans._n('%1 other', '%1 others', others)] : [])
    ].join(', ');
  }
  return tres.gpus > 0 ? String(tres.gpus) : '';
}

function times(job: IJob, trans: TranslationBundle): Fact[] {
  const time = (epoch: number | null) => epoch !== null && <TimeValue epoch={epoch} />;
  return [
    [trans.__('Submitted'), time(job.submit_time)],
    [trans.__('Eligible'), time(job.eligible_time)],
    [trans.__('Started'), job.state !== 'PENDING' && time(job.start_time)],
    [trans.__('Ended'), !isLive(job.state) && time(job.end_time)],
    [trans.__('Elapsed'), job.elapsed !== null && formatDuration(job.elapsed)],
    [trans.__('Time limit'), formatMinutes(job.time_limit, trans)],
    [trans.__('Suspended'), job.suspended ? formatDuration(job.suspended) : ''],
    [trans.__('Deadline'), time(job.deadline)]
  ];
}

function queue(props: IJobOverviewProps): Fact[] {
  const { job, trans } = props;
  return [
    [trans.__('User'), job.user],
    [trans.__('Account'), job.account],
    [trans.__('Partition'), job.partition],
    [trans.__('QOS'), job.qos],
    [trans.__('Priority'), number(job.priority)],
    [trans.__('Nice'), job.nice ? String(job.nice) : ''],
    [trans.__('Depends on'), job.dependency !== '' && <Dependency {...props} />],
    [trans.__('Restarts'), job.restarts ? String(job.restarts) : ''],
    [trans.__('Comment'), job.comment],
    [trans.__('Admin comment'), job.admin_comment]
  ];
}

/** Slurm's dependency string, with a link for each job. */
function Dependency(props: IJobOverviewProps): JSX.Element {
  return (
    <>
      {props.job.dependency.split(/(\d{1,10}(?:_\d+)?)(?![\d*])/).map((part, at) =>
        at % 2 === 1 ? (
          <button
            key={at}
            type="button"
            className="jp-SlurmLink"
            onClick={() => props.onOpenJob(part)}
          >
            {part}
          </button>
        ) : (
          part
        )
      )}
    </>
  );
}

function paths(job: IJob, trans: TranslationBundle): Fact[] {
  const path = (value: string) => value !== '' && <code>{value}</code>;
  return [
    [trans.__('Working directory'), path(job.working_directory)],
    [trans.__('Standard output'), path(job.stdout)],
    [trans.__('Standard error'), job.stderr !== job.stdout && path(job.stderr)],
    [trans.__('Standard input'), job.stdin !== '/dev/null' && path(job.stdin)],
    [trans.__('Command'), path(job.command)],
    [trans.__('Submit line'), path(job.submit_line)]
  ];
}

interface IJobStepsProps {
  steps: IStep[];
  trans: TranslationBundle;
}

/** The steps of a job, from accounting. */
function JobSteps(props: IJobStepsProps): JSX.Element | null {
  const { steps, trans } = props;
  if (steps.length === 0) {
    return null;
  }
  const columns = [
    trans.__('Step'),
    trans.__('Name'),
    trans.__('State'),
    trans.__('Exit'),
    trans.__('Tasks'),
    trans.__('CPUs'),
    trans.__('Elapsed'),
    trans.__('CPU time'),
    trans.__('Peak memory'),
    trans.__('Nodes')
  ];
  return (
    <section className="jp-SlurmFacts">
      <h3 className="jp-SlurmFacts-title">{trans.__('Steps')}</h3>
      <div
        className="jp-SlurmFigures-scroll"
        tabIndex={0}
        role="group"
        aria-label={trans.__('Steps')}
      >
        <table className="jp-SlurmFigures">
          <thead>
            <tr>
              {columns.map(column => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.map(step => (
              <tr key={step.id}>
                <th scope="row">{step.id}</th>
                <td>{step.name}</td>
                <td>
                  <StateBadge state={step.state} trans={trans} />
                </td>
                <td>{exit(step)}</td>
                <td>{step.tasks}</td>
                <td>{step.cpus}</td>
                <td>{step.elapsed !== null && formatDuration(step.elapsed)}</td>
                <td>{step.cpu_time !== null && formatDuration(step.cpu_time)}</td>
                <td>{step.max_rss !== null && formatMemory(step.max_rss)}</td>
                <td>{step.nodes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Formats an exit code as sacct does: `code:signal`. */
function exit(step: IStep): string {
  return step.exit_code === null ? '' : `${step.exit_code.code}:${step.exit_code.signal}`;
}
