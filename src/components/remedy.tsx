import React from 'react';

import type { ApiError } from '../api/request';

/** What a person can do about a failure. */
export interface IRemedy {
  /** A sentence, where there is no button for it. */
  advice?: string;
  /** The one button that helps. */
  action?: { label: string; run: () => void };
}

/** Finds what helps against a failure; null when only trying again may. */
export type FindRemedy = (error: ApiError) => IRemedy | null;

/** Whoever shows failures asks it. */
export const RemedyContext = React.createContext<FindRemedy>(() => null);

/** What helps against `error`; null when only trying again may. */
export function useRemedy(error: ApiError | null): IRemedy | null {
  const find = React.useContext(RemedyContext);
  return error === null ? null : find(error);
}
