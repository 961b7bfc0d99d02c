import { ServerConnection } from '@jupyterlab/services';

import { ApiError, SlurmServer } from '../request';

function server(respond: () => Promise<Response>) {
  const calls: { url: string; init: RequestInit }[] = [];
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://hub.example/user/alice/',
    fetch: ((request: Request) => {
      calls.push({ url: request.url, init: { method: request.method } });
      return respond();
    }) as typeof fetch
  });
  return { calls, server: new SlurmServer(settings) };
}

/** What jsdom lacks of the browser's Response. */
function response(status: number, text: string): Promise<Response> {
  return Promise.resolve({
    ok: status < 400,
    status,
    text: () => Promise.resolve(text),
    headers: new Headers()
  } as unknown as Response);
}

describe('SlurmServer', () => {
  it('stays below the base URL and encodes each part of the path', async () => {
    const { calls, server: slurm } = server(() => response(200, '{}'));
    await slurm.get(['clusters', 'a/b', 'jobs', '12_3'], { search: 'x y', user: '', offset: 0 });
    expect(calls[0].url).toBe(
      'http://hub.example/user/alice/jupyter-slurm-rest/clusters/a%2Fb/jobs/12_3?search=x+y&offset=0'
    );
  });

  it("passes on the server's own words about what went wrong", async () => {
    const { server: slurm } = server(() =>
      response(
        422,
        JSON.stringify({ message: 'time: not a time', reason: 'invalid', field: 'time', line: 3 })
      )
    );
    await expect(slurm.send('POST', ['clusters'], {})).rejects.toMatchObject({
      status: 422,
      message: 'time: not a time',
      field: 'time',
      line: 3
    });
  });

  it('distinguishes a missing extension from a missing job', async () => {
    const { server: slurm } = server(() => response(404, '<html>404</html>'));
    await expect(slurm.get(['clusters'])).rejects.toMatchObject({ reason: 'no_extension' });
  });

  it('reports that the Jupyter server does not respond', async () => {
    const { server: slurm } = server(() => Promise.reject(new TypeError('failed')));
    const failure = slurm.get(['clusters']);
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ status: 0, reason: 'no_server' });
  });
});
