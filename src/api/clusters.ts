import type { IDated, SlurmServer } from './request';
import type { IAccount, IClusterInfo, IClusterList, INodeList } from './types';

/** The clusters that the server is configured for. */
export async function listClusters(server: SlurmServer): Promise<IClusterInfo[]> {
  return (await server.get<IClusterList>(['clusters'])).clusters;
}

/** Gives the server a token for a cluster; resolves with the cluster as it is then. */
export function putToken(
  server: SlurmServer,
  cluster: string,
  token: string
): Promise<IClusterInfo> {
  return server.send('PUT', ['clusters', cluster, 'token'], { token });
}

/** Has the server forget the token that it was given. */
export function deleteToken(server: SlurmServer, cluster: string): Promise<void> {
  return server.send('DELETE', ['clusters', cluster, 'token']);
}

/** Every node of a cluster. */
export function listNodes(server: SlurmServer, cluster: string): Promise<IDated<INodeList>> {
  return server.getDated(['clusters', cluster, 'nodes']);
}

/** The user's accounts, limits and fairshare. */
export function readAccount(server: SlurmServer, cluster: string): Promise<IAccount> {
  return server.get(['clusters', cluster, 'account']);
}
