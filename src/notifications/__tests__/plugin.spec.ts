import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';

import { ApiError } from '../../api/request';
import type { ISlurmClusters } from '../../tokens';
import { notificationsPlugin } from '../plugin';

const ENDED = {
  id: '12',
  job_id: 12,
  name: 'train',
  before: 'RUNNING',
  state: 'FAILED',
  flags: [],
  exit_code: { code: 3, signal: 0, signal_name: '' }
};

describe('the notifications plugin', () => {
  let get: jest.Mock;
  let stream: Signal<object, unknown>;
  let told: string[];
  const hear = async (change: object = {}) => {
    const schema_id = 'https://schema.example/queue_changed/v1';
    stream.emit({ schema_id, cluster: 'maxwell', scope: 'mine', as_of: 1000.5, ...change });
    await jest.advanceTimersByTimeAsync(1000);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    jest.spyOn(Notification, 'emit').mockImplementation(message => {
      told.push(String(message));
      return '';
    });
    get = jest.fn(() => Promise.resolve({ transitions: [ENDED] }));
    stream = new Signal<object, unknown>({});
    const app = {
      commands: new CommandRegistry(),
      serviceManager: { events: { stream } }
    } as unknown as JupyterFrontEnd;
    const clusters = {
      server: { get },
      jobsChanged: new Signal({}),
      changed: new Signal({}),
      current: null
    } as unknown as ISlurmClusters;
    void notificationsPlugin.activate(app, clusters, null, null);
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('reads the transitions of my jobs and announces them', async () => {
    await hear({ scope: 'all' });
    await hear({ schema_id: 'https://schema.example/other/v1' });
    expect(get).not.toHaveBeenCalled();
    await hear();
    expect(get).toHaveBeenCalledWith(['clusters', 'maxwell', 'transitions'], { since: 1000.5 });
    expect(told).toEqual(['Job 12 train: Failed, exit code 3']);
  });

  it('announces nothing to a visitor, and requests once', async () => {
    get.mockImplementation(() =>
      Promise.reject(new ApiError(403, { message: 'no', reason: 'not_owner' }))
    );
    await hear();
    await hear();
    expect(get).toHaveBeenCalledTimes(1);
    expect(told).toEqual([]);
  });
});
