import { Dialog } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { ApiError, type SlurmServer } from '../../api/request';
import { CommandIDs } from '../../command-ids';
import { ClustersModel } from '../../panel/clusters';
import { addTokenCommands } from '../commands';
import { findRemedy } from '../remedy';

const trans = nullTranslator.load('jupyter_slurm_rest');
const info = { name: 'maxwell', token_source: 'none', user: null as string | null };

/** Resolves with the dialog that is open, once `text` stands in it. */
async function dialogSaying(text: string): Promise<HTMLElement> {
  for (let turn = 0; turn < 400; turn++) {
    const dialog = document.querySelector<HTMLElement>('.jp-Dialog');
    if (dialog?.textContent?.includes(text) && dialog.querySelector('input')) {
      return dialog;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`No dialog says: ${text}`);
}

function respond(dialog: HTMLElement, token: string): void {
  const field = dialog.querySelector('input')!;
  expect(field.type).toBe('password');
  expect(field.value).toBe('');
  field.value = token;
  dialog.querySelector<HTMLElement>('.jp-mod-accept')!.click();
}

describe('the token commands', () => {
  let commands: CommandRegistry;
  let clusters: ClustersModel;
  let send: jest.Mock;

  beforeEach(async () => {
    send = jest.fn();
    const get = jest.fn().mockResolvedValue({ clusters: [info] });
    clusters = new ClustersModel({ server: { get, send } as unknown as SlurmServer });
    await clusters.load();
    commands = new CommandRegistry();
    addTokenCommands(commands, clusters, trans);
  });

  afterEach(() => {
    clusters.dispose();
    Dialog.flush();
    PageConfig.setOption('hubPrefix', '');
  });

  it('hands the token to the server and has the lists read again', async () => {
    const changed = jest.fn();
    clusters.jobsChanged.connect((_, name) => changed(name));
    send.mockResolvedValue({ ...info, token_source: 'pasted', user: 'alice' });
    const done = commands.execute(CommandIDs.pasteToken);
    respond(await dialogSaying('maxwell'), ' a.b.c\n');
    await expect(done).resolves.toBe(true);
    expect(send).toHaveBeenCalledWith('PUT', ['clusters', 'maxwell', 'token'], { token: 'a.b.c' });
    expect(clusters.info?.user).toBe('alice');
    expect(changed).toHaveBeenCalledWith('maxwell');
    expect(document.body.innerHTML).not.toContain('a.b.c');
  });

  it('comes back empty with the reason when the token is refused', async () => {
    send.mockRejectedValueOnce(
      new ApiError(401, { message: 'The token has run out.', reason: 'token_expired' })
    );
    const done = commands.execute(CommandIDs.pasteToken);
    respond(await dialogSaying('maxwell'), 'old.old.old');
    const again = await dialogSaying('The token has run out.');
    expect(again.querySelector('[role="alert"]')?.textContent).toBe('The token has run out.');
    send.mockResolvedValue({ ...info, user: 'alice' });
    respond(again, 'new.new.new');
    await expect(done).resolves.toBe(true);
  });

  it('sends nothing if the user cancels', async () => {
    const done = commands.execute(CommandIDs.pasteToken);
    (await dialogSaying('maxwell')).querySelector<HTMLElement>('.jp-mod-reject')!.click();
    await expect(done).resolves.toBe(false);
    expect(send).not.toHaveBeenCalled();
  });

  it('forgets only what was pasted', () => {
    expect(commands.isEnabled(CommandIDs.forgetToken)).toBe(false);
    clusters.update({ ...clusters.info!, token_source: 'pasted' });
    expect(commands.isEnabled(CommandIDs.forgetToken)).toBe(true);
  });

  it('offers the one thing that helps', () => {
    const offer = (action: string) =>
      findRemedy(
        new ApiError(401, { message: 'No.', reason: 'token_missing', action }),
        clusters.current,
        clusters,
        commands,
        trans
      );
    expect(offer('paste')?.action?.label).toBe('Paste a token…');
    expect(offer('restart')?.action?.label).toBe('Paste a token…');
    clusters.update({ ...clusters.info!, token_source: 'hub' });
    expect(offer('restart')?.advice).toMatch(/Restart your Jupyter server/);
    const restart = jest.fn();
    commands.addCommand('hub:restart', { execute: restart, describedBy: { args: {} } });
    offer('restart')?.action?.run();
    expect(restart).toHaveBeenCalledTimes(1);
    expect(offer('admin')).toBeNull();
    expect(offer('login')?.action).toBeUndefined();
    PageConfig.setOption('hubPrefix', '/hub/');
    expect(offer('login')?.action?.label).toBe('Log in again');
  });
});
