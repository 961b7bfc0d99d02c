import { ApiError, type Reason } from '../../api/request';
import type { IClusterInfo } from '../../api/types';
import { expiresSoon, tokenRemedy } from '../remedy';

const info = (token_source: string, token_expires_at: number | null = null) =>
  ({ name: 'maxwell', token_source, token_expires_at }) as IClusterInfo;

const trouble = (reason: Reason, action = '') =>
  new ApiError(401, { message: 'No.', reason, action });

describe('tokenRemedy', () => {
  it('is what the source of tokens says', () => {
    expect(tokenRemedy(trouble('token_missing', 'paste'), info('hub'))).toBe('paste');
    expect(tokenRemedy(trouble('login_expired', 'login'), info('oidc'))).toBe('login');
    expect(tokenRemedy(trouble('scope_missing', 'restart'), info('hub'))).toBe('restart');
    expect(tokenRemedy(trouble('token_expired', 'restart'), info('env'))).toBe('paste');
  });

  it('is nothing where only an administrator or time helps', () => {
    expect(tokenRemedy(trouble('token_malformed', 'admin'), info('file'))).toBeNull();
    expect(tokenRemedy(trouble('token_renewing', 'retry'), info('hub'))).toBeNull();
    expect(tokenRemedy(trouble('unreachable'), info('env'))).toBeNull();
  });

  it('is another token when Slurm refuses one that nothing renews', () => {
    expect(tokenRemedy(trouble('token_rejected'), info('env'))).toBe('paste');
    expect(tokenRemedy(trouble('token_rejected'), info('pasted'))).toBe('paste');
    expect(tokenRemedy(trouble('token_rejected'), null)).toBe('paste');
    expect(tokenRemedy(trouble('token_rejected'), info('hub'))).toBeNull();
  });
});

describe('expiresSoon', () => {
  it('warns ten minutes before the end of a token that nothing renews', () => {
    expect(expiresSoon(info('pasted', 2000), 1390)).toBeNull();
    expect(expiresSoon(info('pasted', 2000), 1410)).toBe(2000);
    expect(expiresSoon(info('env', 2000), 2100)).toBe(2000);
  });

  it('leaves renewed tokens and those without an end alone', () => {
    expect(expiresSoon(info('hub', 2000), 1990)).toBeNull();
    expect(expiresSoon(info('none', null), 1990)).toBeNull();
  });
});
