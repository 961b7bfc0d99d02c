import { ApiError } from '../../api/request';
import type { Options } from '../../api/submit';
import type { IScriptResponse } from '../../api/types';
import { SubmitModel } from '../model';

const SCRIPT = '#!/bin/bash\n#SBATCH --time=10\nhostname\n';

const TOO_LONG = {
  message: 'At most 1 d.',
  field: 'time',
  line: 2,
  column: 9,
  end_column: 24,
  value: '1-00:00:00',
  text: ''
};

function response(given: Partial<IScriptResponse>): IScriptResponse {
  const nothing = { options: {}, components: [], warnings: [], script: '', problems: [] };
  return { ...nothing, compared: 'partition debug', unknown: [], ...given };
}

/** A server that reads `#SBATCH --key=value` lines and nothing else. */
class Server {
  readonly submissions: { script: string; options: Options; directory: string }[] = [];
  readonly scriptCalls: { script: string; changes?: Options }[] = [];
  down = false;
  /** Held back responses: each function releases one. */
  gates: (() => void)[] = [];
  gated = false;

  readonly formCalls: object[] = [];

  form = async (_cluster: string, _path?: string, chosen: object = {}) => {
    this.formCalls.push(chosen);
    return { schema: {}, uiSchema: {}, defaults: { chdir: '/home/alice' } as Options, options: [] };
  };

  script = async (
    _cluster: string,
    script: string,
    changes?: Options
  ): Promise<IScriptResponse> => {
    this.scriptCalls.push({ script, changes });
    if (this.gated) {
      await new Promise<void>(resolve => this.gates.push(resolve));
    }
    this.fail();
    let text = script;
    for (const [key, value] of Object.entries(changes ?? {})) {
      if (value === 'abc') {
        throw new ApiError(422, { message: `${key}: not so`, reason: 'invalid', field: key });
      }
      const line = new RegExp(`#SBATCH --${key}=.*\n`);
      const written = value === null ? '' : `#SBATCH --${key}=${value}\n`;
      text = line.test(text) ? text.replace(line, written) : text.replace(/\n/, `\n${written}`);
    }
    const options = this.read(text);
    return response({ options, components: [options], script: text });
  };

  validate = async (_cluster: string, script: string, options: Options) => {
    this.fail();
    const problems = script.includes('99:') ? [TOO_LONG] : [];
    return response({ options, warnings: ['partition is down'], script, problems });
  };

  submit = async (_cluster: string, script: string, options: Options, directory = '') => {
    this.fail();
    this.submissions.push({ script, options, directory });
    return { job_id: 7, job_ids: [7], warnings: [], recovered: false };
  };

  read(script: string): Options {
    const bad = script.split('\n').findIndex(line => line.includes('--wrong'));
    if (bad >= 0) {
      throw new ApiError(422, {
        message: 'no such option',
        reason: 'invalid',
        field: null,
        line: bad + 1,
        column: 9,
        problems: [
          {
            message: 'no such option',
            field: null,
            line: bad + 1,
            column: 9,
            end_column: 16,
            value: '',
            text: '--right'
          }
        ]
      });
    }
    return Object.fromEntries(
      [...script.matchAll(/#SBATCH --(\w+)=(.*)/g)].map(match => [match[1], match[2]])
    );
  }

  fail(): void {
    if (this.down) {
      throw new ApiError(502, { message: 'slurmrestd does not answer', reason: 'unreachable' });
    }
  }
}

async function begin(script = SCRIPT, options?: Options) {
  const server = new Server();
  const model = new SubmitModel({
    api: server,
    draft: { cluster: 'one', script, original: script, options },
    typingPause: 0
  });
  await model.load();
  return { server, model };
}

/** Lets timers and promises run until the model rests. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(resolve => setTimeout(resolve, 1));
  }
}

describe('SubmitModel', () => {
  it("shows the script's options over the defaults", async () => {
    const { model } = await begin();
    expect(model.options).toEqual({ chdir: '/home/alice', time: '10' });
    expect(model.dirty).toBe(false);
  });

  it('follows the script while it is typed', async () => {
    const { model } = await begin();
    model.script = SCRIPT.replace('=10', '=20');
    expect(model.dirty).toBe(true);
    await rest();
    expect(model.options.time).toBe('20');
  });

  it('reads the choices again when another account or QOS is selected', async () => {
    const { model, server } = await begin();
    expect(server.formCalls).toEqual([{}]);
    model.change({ ...model.options, account: 'astro' });
    await rest();
    model.change({ ...model.options, time: '30' });
    await rest();
    expect(server.formCalls).toEqual([{}, { account: 'astro' }]);
    model.script = '#!/bin/bash\n#SBATCH --qos=high\n';
    await rest();
    expect(server.formCalls.slice(-1)).toEqual([{ qos: 'high' }]);
  });

  it('writes only what changed in the form into the script', async () => {
    const { model, server } = await begin();
    model.change({ ...model.options, partition: 'gpu' });
    expect(model.options.partition).toBe('gpu');
    await rest();
    expect(server.scriptCalls.slice(-1)[0].changes).toEqual({ partition: 'gpu' });
    expect(model.script).toBe(
      '#!/bin/bash\n#SBATCH --partition=gpu\n#SBATCH --time=10\nhostname\n'
    );
  });

  it('takes an emptied field out of the script', async () => {
    const { model } = await begin();
    model.change({ ...model.options, time: undefined });
    await rest();
    expect(model.script).toBe('#!/bin/bash\nhostname\n');
    expect(model.options.time).toBeUndefined();
  });

  it('keeps a refused value beside its error, and writes the others', async () => {
    const { model } = await begin();
    model.change({ ...model.options, time: 'abc', partition: 'gpu' });
    await rest();
    expect(model.options).toMatchObject({ time: 'abc', partition: 'gpu' });
    expect(model.fieldErrors.time.message).toBe('time: not so');
    expect(model.script).toContain('--partition=gpu');
    expect(model.script).toContain('--time=10');
    expect(model.dirty).toBe(true);
  });

  it('does not submit while a field is refused', async () => {
    const { model, server } = await begin();
    model.change({ ...model.options, time: 'abc' });
    expect(await model.submit()).toBeNull();
    expect(server.submissions).toEqual([]);
    model.change({ ...model.options, time: '30' });
    expect(await model.submit()).toMatchObject({ job_id: 7 });
    expect(server.submissions[0].script).toContain('--time=30');
  });

  it('submits what was typed last, without waiting for a pause', async () => {
    const { model, server } = await begin();
    model.script = SCRIPT.replace('hostname', 'date');
    model.change({ ...model.options, partition: 'gpu' });
    await model.submit();
    expect(server.submissions).toEqual([
      {
        script: '#!/bin/bash\n#SBATCH --partition=gpu\n#SBATCH --time=10\ndate\n',
        options: {},
        directory: '/home/alice'
      }
    ]);
    expect(model.dirty).toBe(false);
  });

  it('lets the script win over what stands beside it', async () => {
    const { model, server } = await begin(SCRIPT + '#SBATCH --chdir=/data\n', { chdir: '/old' });
    expect(model.options.chdir).toBe('/data');
    await model.submit();
    expect(server.submissions[0]).toMatchObject({ options: {}, directory: '' });
  });

  it('keeps typing that happened while the server wrote the form into the script', async () => {
    const { model, server } = await begin();
    server.gated = true;
    model.change({ ...model.options, partition: 'gpu' });
    await rest();
    model.script = SCRIPT.replace('hostname', 'date');
    server.gated = false;
    server.gates.forEach(open => open());
    await rest();
    expect(model.script).toContain('date');
    expect(model.script).toContain('--partition=gpu');
  });

  it('keeps a field that changed again while the first change was on its way', async () => {
    const { model, server } = await begin();
    server.gated = true;
    model.change({ ...model.options, partition: 'g' });
    await rest();
    model.change({ ...model.options, partition: 'gpu' });
    server.gated = false;
    server.gates.forEach(open => open());
    await rest();
    expect(model.options.partition).toBe('gpu');
    expect(model.script).toContain('--partition=gpu');
  });

  it('points at the line of a wrong script, and recovers', async () => {
    const { model, server } = await begin();
    model.script = '#!/bin/bash\n#SBATCH --wrong\n';
    await rest();
    expect(model.error).toMatchObject({ line: 2, column: 9 });
    expect(await model.submit()).toBeNull();
    expect(server.submissions).toEqual([]);
    model.script = SCRIPT;
    await rest();
    expect(model.error).toBeNull();
  });

  it('finds what the cluster does not take while the script is written, and mends it', async () => {
    const { model } = await begin(SCRIPT.replace('=10', '=99:00:00'));
    await rest();
    expect(model.problems).toEqual([TOO_LONG]);
    expect(model.outOfStep).toBe(false);
    model.mend(model.problems[0]);
    await rest();
    expect(model.script).toContain('--time=1-00:00:00\n');
    expect(model.problems).toEqual([]);
    expect(model.comparison).toEqual({ compared: 'partition debug', unknown: [] });
  });

  it('replaces a wrong option by the one that was meant', async () => {
    const { model } = await begin();
    model.script = '#!/bin/bash\n#SBATCH --wrong=1\n';
    await rest();
    expect(model.outOfStep).toBe(true);
    const [problem] = model.problems;
    model.script = `# ${model.script}`;
    model.mend(problem);
    expect(model.script).toContain('--wrong=1');
    model.script = '#!/bin/bash\n#SBATCH --wrong=1\n';
    await rest();
    model.mend(model.problems[0]);
    await rest();
    expect(model.script).toBe('#!/bin/bash\n#SBATCH --right=1\n');
    expect(model.outOfStep).toBe(false);
  });

  it('asks for the form of the folder that the file browser shows', async () => {
    const server = new Server();
    const model = new SubmitModel({
      api: server,
      draft: { cluster: 'one', script: SCRIPT, original: SCRIPT, folder: 'project' }
    });
    await model.load();
    expect(server.formCalls).toEqual([{ folder: 'project' }]);
    model.dispose();
  });

  it('loses nothing when the server is down, and sends it all afterwards', async () => {
    const { model, server } = await begin();
    server.down = true;
    model.script = SCRIPT.replace('hostname', 'date');
    model.change({ ...model.options, partition: 'gpu' });
    expect(await model.submit()).toBeNull();
    expect(model.error?.reason).toBe('unreachable');
    expect(model.script).toContain('date');
    expect(model.options.partition).toBe('gpu');
    server.down = false;
    expect(await model.submit()).toMatchObject({ job_id: 7 });
    expect(server.submissions[0].script).toContain('date');
    expect(server.submissions[0].script).toContain('--partition=gpu');
  });

  it('submits once however often the button is pressed', async () => {
    const { model, server } = await begin();
    await Promise.all([model.submit(), model.submit(), model.submit()]);
    expect(server.submissions).toHaveLength(1);
  });

  it('forgets the verdict when the job changes', async () => {
    const { model } = await begin();
    await model.check();
    expect(model.comparison).toEqual({ compared: 'partition debug', unknown: [] });
    expect(model.warnings).toEqual(['partition is down']);
    model.change({ ...model.options, partition: 'gpu' });
    expect(model.comparison).toBeNull();
    await model.submit();
    expect(model.submitted).toMatchObject({ job_id: 7 });
    model.script += '\n';
    expect(model.submitted).toBeNull();
  });

  it('reports that the form cannot be read, and reads it on retry', async () => {
    const server = new Server();
    const failure = new ApiError(502, { message: 'down', reason: 'unreachable' });
    const form = jest.fn(server.form).mockRejectedValueOnce(failure);
    const model = new SubmitModel({
      api: { ...server, form },
      draft: { cluster: 'one', script: SCRIPT, original: SCRIPT },
      typingPause: 0
    });
    await model.load();
    expect(model.formError).toBe(failure);
    await model.load();
    expect(model.formError).toBeNull();
    expect(model.form).not.toBeNull();
    model.dispose();
  });
});
