import { readAccount } from '../api/clusters';
import { Poller } from '../api/poller';
import type { SlurmServer } from '../api/request';
import type { IAccount, IAssociation, IShare } from '../api/types';

/** Seconds between two requests: limits and usage change slowly. */
const INTERVAL = 120;

/** A user's membership in an account, with limits and shares. */
export interface IMembership {
  association: IAssociation;
  /** The account and those above it; their limits apply to all their jobs together. */
  accounts: IAssociation[];
  /** The user's share of the account. */
  own: IShare | null;
  /** The account's share of its parent. */
  account: IShare | null;
}

/** The user's accounts, QOS and fairshare on one cluster. */
export class AccountModel {
  constructor(options: AccountModel.IOptions) {
    const { cluster, server } = options;
    this.cluster = cluster;
    this.poller = new Poller({
      interval: INTERVAL,
      ...options,
      name: `account-${cluster}`,
      load: () => readAccount(server, cluster),
      apply: account => {
        this._account = account;
        return { asOf: Date.now() / 1000 };
      }
    });
  }

  readonly cluster: string;
  readonly poller: Poller<IAccount>;

  /** Null until the first response. */
  get account(): IAccount | null {
    return this._account;
  }

  /** Sorted by name, the default account first. */
  get memberships(): IMembership[] {
    const account = this._account;
    return account === null
      ? []
      : [...account.associations]
          .sort(
            (a, b) =>
              Number(b.is_default) - Number(a.is_default) ||
              a.account.localeCompare(b.account) ||
              a.partition.localeCompare(b.partition)
          )
          .map(association => membershipOf(association, account));
  }

  dispose(): void {
    this.poller.dispose();
  }

  private _account: IAccount | null = null;
}

export namespace AccountModel {
  export interface IOptions extends Poller.IModelOptions {
    server: SlurmServer;
    cluster: string;
  }
}

function membershipOf(association: IAssociation, account: IAccount): IMembership {
  const { shares, user } = account;
  const own = shares.filter(share => share.account === association.account && share.user === user);
  return {
    association,
    accounts: lineage(association.account, account.accounts),
    own:
      own.find(share => share.partition === association.partition) ??
      own.find(share => share.partition === '') ??
      null,
    account:
      shares.find(share => share.account === association.account && share.user === '') ?? null
  };
}

function lineage(name: string, accounts: readonly IAssociation[]): IAssociation[] {
  const found: IAssociation[] = [];
  let next = accounts.find(one => one.account === name);
  while (next !== undefined && !found.includes(next)) {
    found.push(next);
    const above = next.parent_account;
    next = accounts.find(one => one.account === above);
  }
  return found;
}
