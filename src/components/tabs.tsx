import React from 'react';

interface ITab {
  id: string;
  label: string;
}

interface ITabsProps {
  /** A prefix that makes the element ids unique. */
  id: string;
  label: string;
  tabs: ITab[];
  current: string;
  onSelect: (id: string) => void;
  /** The panel of the current tab. */
  children: React.ReactNode;
}

/** Tabs that follow the WAI-ARIA pattern: arrow keys, Home and End move between them. */
export function Tabs(props: ITabsProps): JSX.Element {
  const { current, id, onSelect, tabs } = props;
  const list = React.useRef<HTMLDivElement>(null);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const at = tabs.findIndex(tab => tab.id === current);
    const to = {
      ArrowLeft: (at + tabs.length - 1) % tabs.length,
      ArrowRight: (at + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      onSelect(tabs[to].id);
      list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[to].focus();
    }
  };

  return (
    <div className="jp-SlurmTabs">
      <div
        className="jp-SlurmTabs-list"
        role="tablist"
        aria-label={props.label}
        ref={list}
        onKeyDown={onKeyDown}
      >
        {tabs.map(tab => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.id}`}
            className="jp-SlurmTabs-tab"
            aria-selected={tab.id === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === current ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        className="jp-SlurmTabs-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-tab-${current}`}
      >
        {props.children}
      </div>
    </div>
  );
}
