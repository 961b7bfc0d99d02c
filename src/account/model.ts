import { PolledModel } from '../api/polled';
import type { SlurmServer } from '../api/request';
import type { IAccount, IAssociation, IShare } from '../api/types';

/** Limits change when an administrator does something, usage slowly: seconds between looks. */
const INTERVAL = 120;

/** How the person stands in one account. */
export interface IStanding {
  association: IAssociation;
  /** The account itself, and those above it: their limits count for all their jobs together. */
  accounts: IAssociation[];
  /** The person's own part of the account. */
  own: IShare | null;
  /** The account's part of what lies above it. */
  account: IShare | null;
}

/** What the person may use on one cluster. */
export class AccountModel extends PolledModel {
  constructor(options: AccountModel.IOptions) {
    super({ interval: INTERVAL, ...options, name: `account-${options.cluster}` });
    this.cluster = options.cluster;
    this._server = options.server;
  }

  readonly cluster: string;

  /** Null until the first answer. */
  get account(): IAccount | null {
    return this._account;
  }

  /** The default account first, then by name. */
  get standings(): IStanding[] {
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
          .map(association => standing(association, account));
  }

  protected async fetch(isCurrent: () => boolean): Promise<void> {
    const account = await this._server.get<IAccount>(['clusters', this.cluster, 'account']);
    if (isCurrent()) {
      this._account = account;
      this.dated(Date.now() / 1000, false);
    }
  }

  private _account: IAccount | null = null;
  private _server: SlurmServer;
}

export namespace AccountModel {
  export interface IOptions extends Omit<PolledModel.IOptions, 'name'> {
    server: SlurmServer;
    cluster: string;
  }
}

function standing(association: IAssociation, account: IAccount): IStanding {
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
