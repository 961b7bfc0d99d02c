import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { useModel } from '../components/hooks';
import { OutputBlock } from './output-block';
import type { JobOutputModel } from './output-model';

interface IOutputTailProps {
  output: JobOutputModel;
  sanitizer: IRenderMime.ISanitizer;
  /** The maximum number of lines. */
  lines: number;
  trans: TranslationBundle;
}

/** The last lines of a job's output. */
export function OutputTail(props: IOutputTailProps): JSX.Element | null {
  const { lines, output, sanitizer, trans } = props;
  useModel(output.poller);
  const text = output.text.tail(lines);
  if (text === '') {
    // What is wrong with the file is said in the output's tab.
    return null;
  }
  return (
    <div
      className="jp-SlurmOutput-tail jp-RenderedText"
      role="group"
      tabIndex={0}
      aria-label={trans.__('Last lines of the output')}
    >
      <OutputBlock text={text} sanitizer={sanitizer} />
    </div>
  );
}

/** The last lines of a job's output with a title, beside other facts; nothing without output. */
export function OutputPreview(
  props: Omit<IOutputTailProps, 'lines'> & { onShow: () => void }
): JSX.Element | null {
  const { onShow, output, sanitizer, trans } = props;
  useModel(output.poller);
  if (output.text.tail(1) === '') {
    return null;
  }
  return (
    <section className="jp-SlurmFacts jp-SlurmJob-preview">
      <div className="jp-SlurmJob-previewTitle">
        <h3 className="jp-SlurmFacts-title">{trans.__('Output')}</h3>
        <button type="button" className="jp-SlurmButton" onClick={onShow}>
          {trans.__('Show output')}
        </button>
      </div>
      <OutputTail output={output} sanitizer={sanitizer} lines={15} trans={trans} />
    </section>
  );
}
