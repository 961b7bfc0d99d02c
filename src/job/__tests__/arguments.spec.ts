import { stableJobId } from '../arguments';

describe('stableJobId', () => {
  it('is what a row shows, but for tasks that wait together the number of their array', () => {
    const ids = ['55', '55_3', '55+1', '55_[1-9%2]', '55_[1,3,5...%1]'];
    expect(ids.map(stableJobId)).toEqual(['55', '55_3', '55+1', '55', '55']);
  });
});
