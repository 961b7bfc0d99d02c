import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Stream } from '../api/jobs';
import type { IJob } from '../api/types';
import { useModel } from '../components/hooks';
import { InlineError } from '../components/notice';
import { formatBytes } from '../words/format';
import { OutputBlock } from './output-block';
import { OutputFind, useOutputSearch } from './output-find';
import type { JobOutputModel } from './output-model';

/** The distance from the end in pixels that counts as the end. */
const NEAR = 8;

/** Actions on a file within reach of the contents API. */
export interface IFileActions {
  open: (contentsPath: string) => void;
  download: (contentsPath: string) => void;
}

interface IJobOutputProps {
  job: IJob;
  output: JobOutputModel;
  sanitizer: IRenderMime.ISanitizer;
  /** Opens or downloads the file. */
  files: IFileActions;
  trans: TranslationBundle;
}

/** The end of the job's output file; it is followed until the user scrolls up. */
export function JobOutput(props: IJobOutputProps): JSX.Element {
  const { job, output, sanitizer, trans } = props;
  useModel(output.poller);
  const { blocks } = output.text;
  const view = React.useRef<HTMLDivElement>(null);
  const [following, setFollowing] = React.useState(true);
  // Blocks are rendered asynchronously and need the current value.
  const follows = React.useRef(following);
  React.useEffect(() => {
    follows.current = following;
  }, [following]);

  const search = useOutputSearch(view);
  const { refresh } = search;

  const toEnd = React.useCallback(() => {
    if (view.current) {
      view.current.scrollTop = view.current.scrollHeight;
    }
  }, []);

  const onDrawn = React.useCallback(() => {
    refresh();
    if (follows.current) {
      toEnd();
    }
  }, [refresh, toEnd]);

  const onScroll = () => {
    const node = view.current;
    if (node) {
      setFollowing(node.scrollHeight - node.scrollTop - node.clientHeight < NEAR);
    }
  };

  return (
    <div className="jp-SlurmOutput">
      <OutputBar {...props}>
        {blocks.length > 0 && <OutputFind view={view} search={search} trans={trans} />}
      </OutputBar>
      {output.poller.error !== null && (
        <InlineError
          error={output.poller.error}
          trans={trans}
          onRetry={() => void output.refresh()}
        />
      )}
      {output.file !== null && output.file.note !== '' && (
        <p className="jp-SlurmOutput-note">{output.file.note}</p>
      )}
      {output.truncated && (
        <p className="jp-SlurmOutput-note">
          {trans.__('The file is long. Only its end is shown here.')}
        </p>
      )}
      <div
        className="jp-SlurmOutput-text jp-RenderedText"
        ref={view}
        tabIndex={0}
        role="region"
        aria-label={trans.__('Output of job %1', job.id)}
        onScroll={onScroll}
      >
        {blocks.map(block => (
          <OutputBlock key={block.key} text={block.text} sanitizer={sanitizer} onDrawn={onDrawn} />
        ))}
        {blocks.length === 0 && output.file?.note === '' && (
          <p className="jp-SlurmOutput-note">
            {output.file.finished
              ? trans.__('The job wrote no output.')
              : trans.__('No output yet.')}
          </p>
        )}
      </div>
      {!following && (
        <button
          type="button"
          className="jp-SlurmButton jp-SlurmOutput-follow"
          onClick={() => {
            setFollowing(true);
            toEnd();
          }}
        >
          {trans.__('Follow output')}
        </button>
      )}
    </div>
  );
}

function OutputBar(props: IJobOutputProps & { children: React.ReactNode }): JSX.Element {
  const { children, files, job, output, trans } = props;
  const { file } = output;
  const streams: [Stream, string][] = [
    ['stdout', trans.__('Standard output')],
    ['stderr', trans.__('Standard error')]
  ];
  return (
    <div className="jp-SlurmOutput-bar">
      {job.stderr !== '' && job.stderr !== job.stdout && (
        <select
          className="jp-SlurmSelect"
          aria-label={trans.__('File')}
          value={output.stream}
          onChange={event => output.setStream(event.target.value as Stream)}
        >
          {streams.map(([stream, label]) => (
            <option key={stream} value={stream}>
              {label}
            </option>
          ))}
        </select>
      )}
      <code className="jp-SlurmOutput-path" title={file?.path}>
        {file?.path ?? job.stdout}
      </code>
      {file !== null && file.note === '' && (
        <span className="jp-SlurmOutput-size">{formatBytes(file.size)}</span>
      )}
      {file !== null && file.contents_path !== '' && (
        <>
          <button
            type="button"
            className="jp-SlurmButton"
            onClick={() => files.open(file.contents_path)}
          >
            {trans.__('Open in editor')}
          </button>
          <button
            type="button"
            className="jp-SlurmButton"
            onClick={() => files.download(file.contents_path)}
          >
            {trans.__('Download')}
          </button>
        </>
      )}
      {children}
    </div>
  );
}
