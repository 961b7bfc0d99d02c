import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Options } from '../api/submit';
import type { IJob, IStep, ITres } from '../api/types';
import { type Fact, FactList, Facts, TimeValue } from '../components/facts';
import { StateBadge } from '../components/state-badge';
import { formatDuration, formatMemory, formatMinutes } from '../words/format';
import { JobEfficiency } from './efficiency';

interface IJobOverviewProps {
  job: IJob;
  trans: TranslationBundle;
  onOpenJob: (id: string) => void;
  onSubmitAgain: (changes: Options) => void;
}

/** Everything about a job except its script and output. */
export function JobOverview(props: IJobOverviewProps): JSX.Element {
  const { job, trans } = props;
  return (
    <>
      <div className="jp-SlurmJob-sections">
        {job.state !== 'PENDING' && (
          <JobEfficiency job={job} onSubmitAgain={props.onSubmitAgain} trans={trans} />
        )}
        <Resources job={job} trans={trans} />
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
  const columns = (
    [
      [trans.__('Requested'), requested],
      [trans.__('Allocated'), allocated]
    ] as [string, ITres | null][]
  ).filter((column): column is [string, ITres] => column[1] !== null);
  const given = rows.filter(([, words]) => columns.some(([, tres]) => words(tres) !== ''));
  const facts: Fact[] = [
    [trans.__('Time limit'), formatMinutes(job.time_limit, trans)],
    [trans.__('Suspended'), job.suspended ? formatDuration(job.suspended) : ''],
    [trans.__('Deadline'), job.deadline !== null && <TimeValue epoch={job.deadline} />],
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
              {columns.map(([label]) => (
                <th scope="col" key={label}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {given.map(([label, words]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {columns.map(([column, tres]) => (
                  <td key={column}>{words(tres)}</td>
                ))}
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
  const columns: [string, (step: IStep) => React.ReactNode][] = [
    [trans.__('Name'), step => step.name],
    [trans.__('State'), step => <StateBadge state={step.state} trans={trans} />],
    [trans.__('Exit'), exit],
    [trans.__('Tasks'), step => step.tasks],
    [trans.__('CPUs'), step => step.cpus],
    [trans.__('Elapsed'), step => step.elapsed !== null && formatDuration(step.elapsed)],
    [trans.__('CPU time'), step => step.cpu_time !== null && formatDuration(step.cpu_time)],
    [trans.__('Peak memory'), step => step.max_rss !== null && formatMemory(step.max_rss)],
    [trans.__('Nodes'), step => step.nodes]
  ];
  const isGiven = (cell: React.ReactNode) => ![null, '', false].includes(cell as string);
  const given = columns.filter(([, cell]) => steps.some(step => isGiven(cell(step))));
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
              <th scope="col">{trans.__('Step')}</th>
              {given.map(([label]) => (
                <th scope="col" key={label}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.map(step => (
              <tr key={step.id}>
                <th scope="row">{step.id}</th>
                {given.map(([label, cell]) => (
                  <td key={label}>{cell(step)}</td>
                ))}
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
