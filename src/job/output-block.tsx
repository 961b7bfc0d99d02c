import { type IRenderMime, renderText } from '@jupyterlab/rendermime';
import React from 'react';

interface IOutputBlockProps {
  text: string;
  sanitizer: IRenderMime.ISanitizer;
  onDrawn?: () => void;
}

/** A block of output with its terminal colors, rendered again only if its text changes. */
export const OutputBlock = React.memo(function OutputBlock(props: IOutputBlockProps): JSX.Element {
  const { onDrawn, sanitizer, text } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const block = host.current;
    if (!block) {
      return;
    }
    // Each text gets a new node, as the renderer continues in a node that it knows. The old
    // one stays visible until the new one is rendered.
    const piece = document.createElement('div');
    piece.className = 'jp-SlurmOutput-piece jp-mod-drawing';
    block.append(piece);
    let superseded = false;
    void renderText({ host: piece, sanitizer, source: text }).then(() => {
      if (!superseded) {
        piece.classList.remove('jp-mod-drawing');
        block.replaceChildren(piece);
        onDrawn?.();
      }
    });
    return () => {
      superseded = true;
      if (piece.classList.contains('jp-mod-drawing')) {
        piece.remove();
      }
    };
  }, [onDrawn, sanitizer, text]);
  return <div className="jp-SlurmOutput-block" ref={host} />;
});
