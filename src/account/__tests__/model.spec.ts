import { nullTranslator } from '@jupyterlab/translation';

import { settled, StubServer } from '../../__tests__/stub-server';
import { describeTres } from '../../words/format';
import { AccountModel } from '../model';

const trans = nullTranslator.load('jupyter_slurm_rest');

const association = (account: string, change: object = {}) => ({
  account,
  user: 'alice',
  partition: '',
  is_default: false,
  ...change
});

const share = (account: string, user: string, fairshare: number | null, partition = '') => ({
  account,
  user,
  partition,
  fairshare
});

describe('AccountModel', () => {
  let stub: StubServer;
  let model: AccountModel;

  beforeEach(() => {
    jest.useFakeTimers();
    stub = new StubServer();
    model = new AccountModel({ server: stub.server, cluster: 'maxwell', standby: 'never' });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  async function read(
    associations: object[],
    shares: object[] = [],
    accounts: object[] = []
  ): Promise<void> {
    model.poller.active = true;
    await settled();
    expect(stub.last.path).toBe('clusters/maxwell/account');
    await stub.last.respond({ user: 'alice', associations, accounts, shares, qos: [] });
  }

  it('puts the default account first', async () => {
    await read([association('zoo'), association('ant'), association('bee', { is_default: true })]);
    expect(model.memberships.map(one => one.association.account)).toEqual(['bee', 'ant', 'zoo']);
  });

  it('finds the parent accounts', async () => {
    const above = (account: string, parent_account: string) => ({ account, parent_account });
    await read(
      [association('astro')],
      [],
      [above('root', ''), above('physics', 'root'), above('astro', 'physics'), above('x', 'root')]
    );
    expect(model.memberships[0].accounts.map(one => one.account)).toEqual([
      'astro',
      'physics',
      'root'
    ]);
  });

  it("finds the user's share and the account's share", async () => {
    await read(
      [association('astro'), association('astro', { partition: 'gpu' })],
      [
        share('astro', '', null),
        share('astro', 'bob', 0.9),
        share('astro', 'alice', 0.2),
        share('astro', 'alice', 0.7, 'gpu')
      ]
    );
    expect(model.memberships.map(({ own }) => own?.fairshare)).toEqual([0.2, 0.7]);
    expect(model.memberships.every(({ account }) => account?.user === '')).toBe(true);
  });

  it('keeps its data when the next request fails', async () => {
    await read([association('astro')]);
    void model.poller.refresh();
    await settled();
    await stub.last.refuse('slurmdbd is down.');
    expect(model.poller.error?.message).toBe('slurmdbd is down.');
    expect(model.memberships).toHaveLength(1);
  });
});

describe('describeTres', () => {
  it('describes what a limit counts', () => {
    expect(describeTres('cpu=16,gres/gpu=4,mem=2048,node=2', trans)).toBe(
      '16 CPUs, 4 GPUs, 2 GiB memory, 2 nodes'
    );
    expect(describeTres('gres/gpu:a100=2,mem=10G,license/x=1', trans)).toBe(
      '2 GPUs (a100), 10G memory, license/x=1'
    );
    expect(describeTres('', trans)).toBe('');
  });
});
