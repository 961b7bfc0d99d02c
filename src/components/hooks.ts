import type { ISignal } from '@lumino/signaling';
import React from 'react';

/** Something that announces its changes, and counts them. */
export interface IObservable {
  readonly changed: ISignal<unknown, void>;
  readonly revision: number;
}

/** Renders the component again whenever `model` changes. */
export function useModel(model: IObservable): void {
  useModels(React.useMemo(() => [model], [model]));
}

/** Renders the component again whenever one of `models`, always the same array, changes. */
export function useModels(models: readonly IObservable[]): void {
  const subscribe = React.useCallback(
    (render: () => void) => {
      const onChanged = () => render();
      models.forEach(({ changed }) => changed.connect(onChanged));
      return () => models.forEach(({ changed }) => changed.disconnect(onChanged));
    },
    [models]
  );
  React.useSyncExternalStore(subscribe, () =>
    models.reduce((sum, { revision }) => sum + revision, 0)
  );
}

/** The width of `element` in pixels; 0 until it is known. */
export function useWidth(element: React.RefObject<HTMLElement>): number {
  const subscribe = React.useCallback(
    (render: () => void) => {
      const observer = new ResizeObserver(render);
      if (element.current) {
        observer.observe(element.current);
      }
      return () => observer.disconnect();
    },
    [element]
  );
  const width = React.useCallback(() => element.current?.clientWidth ?? 0, [element]);
  return React.useSyncExternalStore(subscribe, width);
}

/** The current time in seconds since the epoch, updated every `interval` seconds. */
export function useNow(interval: number): number {
  const [now, setNow] = React.useState(() => Date.now() / 1000);
  React.useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), interval * 1000);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
