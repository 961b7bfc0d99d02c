import { CodeEditor } from '@jupyterlab/codeeditor';
import React from 'react';

export interface ICodeViewProps {
  factory: CodeEditor.Factory;
  source: string;
  mimeType: string;
  label: string;
}

/** Text in JupyterLab's own editor, to be read only. */
export function CodeView(props: ICodeViewProps): JSX.Element {
  const { factory, label, mimeType, source } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (host.current === null) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(source);
    const editor = factory({
      host: host.current,
      model,
      config: { readOnly: true, lineNumbers: true }
    });
    host.current.querySelector('[role="textbox"]')?.setAttribute('aria-label', label);
    return () => {
      editor.dispose();
      model.dispose();
    };
  }, [factory, label, mimeType, source]);
  return <div className="jp-SlurmCode" ref={host} />;
}
