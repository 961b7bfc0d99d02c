import type { ISignal } from '@lumino/signaling';
import React from 'react';

/** Something that says when it changed, and counts how often. */
export interface IObservable {
  readonly changed: ISignal<unknown, void>;
  readonly revision: number;
}

/** Draw again whenever `model` changes. */
export function useModel(model: IObservable): void {
  const subscribe = React.useCallback(
    (redraw: () => void) => {
      const { changed } = model;
      changed.connect(redraw);
      return () => {
        changed.disconnect(redraw);
      };
    },
    [model]
  );
  React.useSyncExternalStore(subscribe, () => model.revision);
}

/** The width of `element` in pixels; 0 until it is known. */
export function useWidth(element: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useLayoutEffect(() => {
    const node = element.current;
    if (!node) {
      return;
    }
    setWidth(node.clientWidth);
    const observer = new ResizeObserver(() => setWidth(node.clientWidth));
    observer.observe(node);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** The time now in seconds, drawn again every `interval` seconds. */
export function useNow(interval: number): number {
  const [now, setNow] = React.useState(() => Date.now() / 1000);
  React.useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), interval * 1000);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
