import { Clipboard, Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { aJob } from '../../__tests__/jobs';
import { StubServer } from '../../__tests__/stub-server';
import type { IJobSummary } from '../../api/types';
import { CommandIDs } from '../../command-ids';
import { ClustersModel } from '../../panel/clusters';
import { PanelModel } from '../../panel/model';
import { addJobListCommands } from '../commands';

const trans = nullTranslator.load('jupyter_slurm_rest');

const OFFERED = [
  CommandIDs.cancelJobs,
  CommandIDs.holdSelected,
  CommandIDs.releaseSelected,
  CommandIDs.requeueSelected,
  CommandIDs.changeSelected,
  CommandIDs.resubmitSelected,
  CommandIDs.openSelected,
  CommandIDs.showOutput,
  CommandIDs.copyIds
];

describe('the commands on selected jobs', () => {
  let commands: CommandRegistry;
  let model: PanelModel;
  let stub: StubServer;
  let opened: unknown[];
  const select = (...jobs: IJobSummary[]) =>
    model.list.select(selection => {
      selection.clear();
      jobs.forEach(job => selection.toggle(job));
    });
  const offered = () => OFFERED.filter(id => commands.isEnabled(id)).map(id => id.slice(6));

  beforeEach(() => {
    jest.useFakeTimers();
    opened = [];
    stub = new StubServer();
    commands = new CommandRegistry();
    model = new PanelModel({ clusters: new ClustersModel({ server: stub.server }) });
    for (const list of [model.queues.mine, model.history]) {
      list.cluster = 'maxwell';
    }
    addJobListCommands({ commands, lists: model, trans });
    commands.addCommand(CommandIDs.openJob, {
      describedBy: { args: {} },
      execute: args => void opened.push(args)
    });
  });

  afterEach(() => {
    model.dispose();
    Dialog.flush();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('are those that the job allows', () => {
    const always = ['resubmit-selected', 'open-selected', 'show-output', 'copy-job-ids'];
    expect(offered()).toEqual([]);
    select(aJob(1, { state: 'PENDING', reason: 'Priority' }));
    expect(offered()).toEqual(['cancel-jobs', 'hold-selected', 'change-selected', ...always]);
    select(aJob(1, { state: 'PENDING', reason: 'JobHeldUser' }));
    expect(offered()).toEqual(['cancel-jobs', 'release-selected', 'change-selected', ...always]);
    select(aJob(1, { state: 'PENDING', reason: 'JobHeldAdmin' }));
    expect(offered()).toEqual(['cancel-jobs', 'change-selected', ...always]);
    select(aJob(1, { state: 'RUNNING', reason: '' }));
    expect(offered()).toEqual(['cancel-jobs', 'requeue-selected', 'change-selected', ...always]);
    select(aJob(1, { state: 'COMPLETED', reason: '' }));
    expect(offered()).toEqual(['requeue-selected', ...always]);
    select(aJob(1, { state: 'COMPLETED', reason: '', flags: ['COMPLETING'] }));
    expect(offered()).not.toContain('cancel-jobs');
    model.setCurrentList('history');
    expect(offered()).toEqual([]);
    select(aJob(3, { state: 'RUNNING', reason: '' }));
    expect(offered()).toEqual(always);
  });

  it('open a few of many jobs, and say so', async () => {
    const told = jest.spyOn(Notification, 'info').mockReturnValue('');
    select(...Array.from({ length: 23 }, (_, at) => aJob(at + 1)));
    await commands.execute(CommandIDs.openSelected);
    expect(opened).toHaveLength(5);
    expect(told.mock.calls[0]?.[0]).toBe('The first 5 of 23 selected jobs were opened.');
    select(aJob(7));
    await commands.execute(CommandIDs.showOutput);
    expect(opened[5]).toEqual({ cluster: 'maxwell', id: '7', tab: 'output' });
  });

  it('copy the ids', async () => {
    const copied = jest.spyOn(Clipboard, 'copyToSystem').mockReturnValue();
    select(aJob(7), aJob(8));
    await commands.execute(CommandIDs.copyIds);
    expect(copied).toHaveBeenCalledWith('7 8');
  });

  it('act on all applicable jobs at once, and show the results', async () => {
    const told = jest.spyOn(Notification, 'success').mockReturnValue('');
    select(aJob(7), aJob(8, { state: 'RUNNING' }), aJob(9));
    const done = commands.execute(CommandIDs.holdSelected);
    await jest.advanceTimersByTimeAsync(50);
    const dialog = document.querySelector('.jp-Dialog');
    expect(dialog?.textContent).toContain('Hold 2 jobs?');
    expect(dialog?.textContent).toContain('job-9');
    expect(stub.requests).toHaveLength(0);
    dialog?.querySelector<HTMLElement>('.jp-mod-accept')?.click();
    await jest.advanceTimersByTimeAsync(50);
    expect(stub.last.body).toEqual({ action: 'hold', job_ids: ['7', '9'] });
    const result = (id: string) => ({ id, ok: true, message: 'held', error_number: null });
    await stub.last.respond({ results: [result('7'), result('9')] });
    await done;
    expect(told.mock.calls[0]?.[0]).toBe('2 jobs held');
  });

  it('show a failure', async () => {
    jest.spyOn(console, 'warn').mockReturnValue();
    select(aJob(7));
    const failed = expect(commands.execute(CommandIDs.holdSelected)).rejects.toThrow('away');
    await jest.advanceTimersByTimeAsync(1);
    await stub.last.refuse('Slurm is away.');
    await failed;
    await jest.advanceTimersByTimeAsync(50);
    expect(document.querySelector('.jp-Dialog')?.textContent).toContain('Slurm is away.');
  });
});
