import { aJob } from '../../__tests__/jobs';
import { completeSearch, parseSearch } from '../search';

describe('parseSearch', () => {
  it('tells filters from words', () => {
    expect(parseSearch('user:bob state:pending  partition:gpu train 7')).toEqual({
      user: 'bob',
      state: 'pending',
      partition: 'gpu',
      search: 'train 7'
    });
  });

  it('takes several values of one filter', () => {
    expect(parseSearch('state:R State:pd,cg')).toEqual({ state: 'R,pd,cg', search: '' });
  });

  it('ignores a filter that is still being typed, and keeps other colons', () => {
    expect(parseSearch('partition: step:3')).toEqual({ search: 'step:3' });
    expect(parseSearch('train state:pen')).toEqual({ search: 'train' });
    expect(parseSearch('train state:pen ')).toEqual({ state: 'pen', search: 'train' });
  });
});

describe('completeSearch', () => {
  const rows = [
    aJob(1, { partition: 'gpu,debug', user: 'bob' }),
    aJob(2, { partition: 'gpu', state: 'REVOKED' })
  ];

  it('completes names of filters after what was typed before', () => {
    expect(completeSearch('train pa', rows)).toEqual(['train partition:']);
  });

  it('completes values that jobs have', () => {
    expect(completeSearch('partition:', rows)).toEqual(['partition:debug', 'partition:gpu']);
    expect(completeSearch('user:b', rows)).toEqual(['user:bob']);
    expect(completeSearch('state:re', rows)).toEqual(['state:revoked']);
    expect(completeSearch('user:bob', rows)).toEqual([]);
  });
});
