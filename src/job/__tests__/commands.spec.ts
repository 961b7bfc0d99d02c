import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { ApiError } from '../../api/request';
import { JobCommandIDs } from '../../command-ids';
import { ClustersModel } from '../../panel/clusters';
import { addJobCommands } from '../commands';

const trans = nullTranslator.load('jupyter_slurm_rest');
const JOB = { cluster: 'maxwell', id: '7' };

describe('the commands on one job', () => {
  let clusters: ClustersModel;
  let commands: CommandRegistry;
  let server: { send: jest.Mock; get: jest.Mock };
  let told: string[];

  beforeEach(() => {
    told = [];
    jest.spyOn(Notification, 'error').mockImplementation(message => {
      told.push(String(message));
      return '';
    });
    server = { send: jest.fn(), get: jest.fn() };
    commands = new CommandRegistry();
    clusters = new ClustersModel({ server: server as never });
    addJobCommands({ commands, clusters, find: () => null, trans });
  });

  afterEach(() => {
    clusters.dispose();
    Dialog.flush();
    jest.restoreAllMocks();
  });

  it("say what Slurm's refusal is, and no more than that", async () => {
    const result = { id: '7', ok: false, message: 'Job has already finished', error_number: 2021 };
    server.send.mockResolvedValue({ results: [result] });
    await commands.execute(JobCommandIDs.hold, JOB);
    expect(told).toEqual(['Job 7: Job has already finished']);
  });

  it('say what can be done about a failure', async () => {
    const body = {
      message: 'The token ran out.',
      reason: 'token_missing' as const,
      advice: 'Paste one.'
    };
    server.send.mockRejectedValue(new ApiError(401, body));
    await commands.execute(JobCommandIDs.release, JOB);
    expect(told).toEqual(['Job 7: The token ran out. Paste one.']);
  });

  it('show a dialog where the job cannot be read', async () => {
    jest.spyOn(console, 'warn').mockReturnValue();
    const body = { message: 'There is no job 7.', reason: 'not_found' as const };
    server.get.mockRejectedValue(new ApiError(404, body));
    await expect(commands.execute(JobCommandIDs.resubmit, JOB)).rejects.toThrow('There is no job');
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(document.querySelector('.jp-Dialog')?.textContent).toContain('There is no job 7.');
  });
});
