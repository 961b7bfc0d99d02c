import { aJob } from '../../__tests__/jobs';
import { JobSelection } from '../selection';

const rows = [1, 2, 3, 4, 5].map(id => aJob(id));
const [one, two, three, four] = rows as [
  (typeof rows)[0],
  (typeof rows)[0],
  (typeof rows)[0],
  (typeof rows)[0]
];

describe('JobSelection', () => {
  const ids = (selection: JobSelection) => selection.jobs.map(job => job.id).sort();
  let selection: JobSelection;

  beforeEach(() => {
    selection = new JobSelection();
  });

  it('selects one job, or adds and takes away', () => {
    selection.only(one);
    selection.toggle(three);
    expect(ids(selection)).toEqual(['1', '3']);
    selection.toggle(one);
    expect(ids(selection)).toEqual(['3']);
    selection.only(two);
    expect(ids(selection)).toEqual(['2']);
  });

  it('extends from where it began, in both directions', () => {
    selection.only(three);
    selection.extend(four, rows);
    expect(ids(selection)).toEqual(['3', '4']);
    selection.extend(one, rows);
    expect(ids(selection)).toEqual(['1', '2', '3']);
    expect(selection.cursor).toBe('1');
  });

  it('extends to just the job when nothing was selected', () => {
    selection.extend(two, rows);
    expect(ids(selection)).toEqual(['2']);
  });

  it('takes newer states, and drops what is gone only when all is known', () => {
    selection.only(one);
    selection.toggle(two);
    selection.update([{ ...one, state: 'RUNNING' }], false);
    expect(selection.jobs.map(job => job.state)).toEqual(['RUNNING', 'PENDING']);
    selection.update([one], true);
    expect(ids(selection)).toEqual(['1']);
  });
});
